// 注册: a graduate opens an account; the phone is proven by a code.

import { get, session, write } from "./api.js";
import { busy, h } from "./dom.js";
import { blame, choice, codeField, input, school, values } from "./fields.js";
import { go, show } from "./shell.js";
import { next } from "./wechat.js";

const NAMES = ["name", "id_kind", "id_number", "school_code", "degree_level", "phone", "code", "email", "password"];

export async function register() {
  if (session.open) return go(next());
  const { id_kinds: kinds, degree_levels: levels } = await get("/accounts/choices");
  const place = h("div");
  const submit = h("button", { class: "btn btn-primary btn-lg w-100", type: "submit" }, "注册");
  const form = h("form", { class: "card narrow", novalidate: true });
  form.append(h("div", { class: "card-body" }, place,
    input("name", "姓名", { autocomplete: "name", required: true, maxlength: "120" }),
    choice("id_kind", "证件类型", kinds),
    input("id_number", "证件号码", { autocomplete: "off", autocapitalize: "characters", required: true, maxlength: "40" }),
    school("school_code", "毕业院校"),
    choice("degree_level", "学历层次", levels.map((one) => ({ ...one, selected: one.code === "bachelor" }))),
    input("phone", "手机号码", { type: "tel", autocomplete: "tel", required: true, maxlength: "30" }),
    codeField(() => form, place, () => ({ path: "/accounts/code", body: values(form, ["phone"]) })),
    input("email", "电子邮箱（选填）", { type: "email", autocomplete: "email", maxlength: "254" }),
    input("password", "密码", { type: "password", autocomplete: "new-password", required: true, maxlength: "64" }, "8 至 64 位，字母、数字、符号至少两种"),
    submit,
    h("p", { class: "small mt-3 mb-0" }, h("a", { href: "#/sign-in" }, "已有账号，去登录"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(submit, async () => {
      try {
        const opened = await write("/accounts", { ...values(form, NAMES), password: form.elements.password.value });
        session.start(opened.token);
        go(next());
      } catch (problem) {
        blame(form, place, problem);
      }
    });
  });
  return () => show("注册账号", form);
}
