// Fields of a form: labelled, with what is wrong written below each, and the button that sends a code.

import { get, write } from "./api.js";
import { button, fresh, h } from "./dom.js";
import { announce, tell } from "./shell.js";

const SECOND = 1000;
const PAUSE = 60; // seconds between two codes for one number
const SHORTEST_NAME = 2;

function framed(name, label, control, hint) {
  const [id, about] = [fresh(name), fresh("about")];
  control.setAttribute("id", id);
  control.setAttribute("name", name);
  control.setAttribute("aria-describedby", about);
  return h("div", { class: "mb-3", "data-field": name },
    h("label", { class: "form-label", for: id }, label), control,
    h("div", { class: "form-text", id: about }, hint || ""));
}

export function input(name, label, properties = {}, hint = "") {
  return framed(name, label, h("input", { class: "form-control form-control-lg", maxlength: "200", ...properties }), hint);
}

export function choice(name, label, options, properties = {}, hint = "") {
  const listed = options.map(({ code, label: text, selected }) => h("option", { value: code, selected: Boolean(selected) }, text));
  return framed(name, label, h("select", { class: "form-select form-select-lg", ...properties }, listed), hint);
}

/** A school, found by a part of its name; the value that is sent is its code. */
export function school(name, label) {
  const list = h("datalist", { id: fresh("schools") });
  const typed = h("input", { class: "form-control form-control-lg", list: list.id, autocomplete: "off", required: true, maxlength: "80" });
  let asked = "";
  typed.addEventListener("input", async () => {
    const text = typed.value.trim();
    if (text.length < SHORTEST_NAME || /^\d{5} /.test(text)) return;
    asked = text;
    const found = await get(`/accounts/schools?name=${encodeURIComponent(text)}`).catch(() => []);
    if (asked === text) list.replaceChildren(...found.map((one) => h("option", { value: `${one.code} ${one.name}` })));
  });
  const made = framed(name, label, typed, "输入校名后从列表中选择");
  made.append(list);
  return made;
}

/** What stands in a form, by name; a school as its code. */
export function values(form, names) {
  return Object.fromEntries(names.map((name) => {
    const text = form.elements[name].value.trim();
    return [name, name === "school_code" ? text.split(" ")[0].slice(0, 5) : text];
  }));
}

/** A box to tick with its title and text; `box` is the box, `row` the line that stands in the form. */
export function tick(title, text) {
  const id = fresh("tick");
  const box = h("input", { class: "form-check-input", type: "checkbox", id });
  const row = h("div", { class: "form-check tick" }, box,
    h("label", { class: "form-check-label", for: id }, h("strong", {}, title), h("span", { class: "d-block small" }, text)));
  return { box, row };
}

/** Write the server's sentences below the fields that they are about, and go to the first of them. */
export function blame(form, place, problem) {
  for (const old of form.querySelectorAll(".invalid-feedback")) old.remove();
  for (const old of form.querySelectorAll(".is-invalid")) old.classList.remove("is-invalid");
  const fields = (problem.detail && problem.detail.fields) || {};
  tell(place, problem);
  const wrong = [...form.querySelectorAll("[data-field]")].filter((frame) => fields[frame.dataset.field]);
  for (const frame of wrong) {
    const control = frame.querySelector("input, select, textarea");
    const id = fresh("wrong");
    control.classList.add("is-invalid");
    control.setAttribute("aria-errormessage", id);
    frame.append(h("div", { class: "invalid-feedback d-block", id }, fields[frame.dataset.field]));
  }
  if (wrong.length) wrong[0].querySelector("input, select, textarea").focus();
}

/** A field for a code, with the button that asks for one; `ask` returns path and body, `by` writes them. */
export function codeField(form, place, ask, by = write) {
  const frame = input("code", "验证码", { inputmode: "numeric", autocomplete: "one-time-code", required: true, maxlength: "6" });
  const send = button("获取验证码", "btn-outline-primary mb-3", async () => {
    try {
      const { path, body } = ask();
      const { message } = await by(path, body);
      place.replaceChildren(h("p", { class: "alert alert-info", role: "status" }, message));
      announce(message);
      rest();
    } catch (problem) {
      blame(form(), place, problem);
    }
  });
  function rest(left = PAUSE) {
    send.disabled = left > 0;
    send.firstChild.textContent = left > 0 ? `${left} 秒后可重新获取` : "重新获取验证码";
    if (left > 0 && send.isConnected) setTimeout(() => rest(left - 1), SECOND);
  }
  return [send, frame];
}
