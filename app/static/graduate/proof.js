// A fresh proof of the person before a grave step: the password once more, or a code (R-STEP-1).

import { write } from "./api.js";
import { busy, button, h } from "./dom.js";
import { tell } from "./shell.js";

/** Do what may want a fresh proof: where the server wants one, ask for it and do it again. */
export async function proven(what, work) {
  try {
    return await work();
  } catch (problem) {
    if (problem.code !== "proof_required" || !(await prove(what))) throw problem;
    return work();
  }
}

/** Ask for the password or a code; true once the server has taken it, false when the person gives up. */
export function prove(what) {
  return new Promise((done) => {
    const place = h("div");
    const label = h("label", { class: "form-label", for: "proof-password" }, "密码");
    let kind = "password";
    async function byCode() {
      try {
        const { message } = await write("/sessions/current/proof/code");
        place.replaceChildren(h("p", { class: "alert alert-info", role: "status" }, message));
        kind = "code";
        label.textContent = "验证码";
        const entry = form.elements["proof-password"];
        for (const [name, value] of Object.entries({ type: "text", inputmode: "numeric", autocomplete: "one-time-code", maxlength: "6" })) entry.setAttribute(name, value);
        entry.value = "";
        entry.focus();
      } catch (problem) {
        tell(place, problem);
      }
    }
    const submit = h("button", { class: "btn btn-primary", type: "submit" }, "确认");
    const form = h("form", { method: "dialog" },
      h("h2", { class: "h5", id: "proof-title" }, "请确认是您本人"),
      h("p", {}, `${what}前，请再次输入登录密码，或改用短信验证码；十分钟内有效。`),
      place,
      label,
      h("input", { class: "form-control form-control-lg mb-3", id: "proof-password", type: "password", required: true, maxlength: "200", autocomplete: "current-password" }),
      h("div", { class: "actions" }, submit, button("改用短信验证码", "btn-outline-primary", byCode),
        h("button", { class: "btn btn-outline-secondary", type: "button", onclick: () => dialog.close() }, "取消")));
    const dialog = h("dialog", { class: "proof", "aria-labelledby": "proof-title" }, form);
    let proved = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(submit, async () => {
        const entry = form.elements["proof-password"];
        try {
          await write("/sessions/current/proof", { [kind]: entry.value });
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
