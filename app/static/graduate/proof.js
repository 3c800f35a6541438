// A fresh proof of the person before a grave step: the password once more (R-STEP-1).

import { write } from "./api.js";
import { busy, h } from "./dom.js";
import { tell } from "./shell.js";

/** Ask for the password; true once the server has taken it, false when the person gives up. */
export function prove(what) {
  return new Promise((done) => {
    const place = h("div");
    const submit = h("button", { class: "btn btn-primary", type: "submit" }, "确认");
    const form = h("form", { method: "dialog" },
      h("h2", { class: "h5", id: "proof-title" }, "请确认是您本人"),
      h("p", {}, `${what}前，请再次输入登录密码；十分钟内有效。`),
      place,
      h("label", { class: "form-label", for: "proof-password" }, "密码"),
      h("input", { class: "form-control form-control-lg mb-3", id: "proof-password", type: "password", required: true, maxlength: "200", autocomplete: "current-password" }),
      h("div", { class: "actions" }, submit,
        h("button", { class: "btn btn-outline-secondary", type: "button", onclick: () => dialog.close() }, "取消")));
    const dialog = h("dialog", { class: "proof", "aria-labelledby": "proof-title" }, form);
    let proved = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(submit, async () => {
        const entry = form.elements["proof-password"];
        try {
          await write("/sessions/current/proof", { password: entry.value });
          proved = true;
          dialog.close();
        } catch (problem) {
          if (problem.code === "sign_in") dialog.close();
          tell(place, problem);
          entry.value = "";
          entry.focus();
        }
      });
    });
    dialog.addEventListener("close", () => { dialog.remove(); done(proved); });
    document.body.append(dialog);
    dialog.showModal();
  });
}
