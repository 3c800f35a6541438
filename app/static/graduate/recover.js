// 找回密码 and 找回用户名, each with a code that goes to the account's phone.

import { get, session, write } from "./api.js";
import { busy, card, h, pairs } from "./dom.js";
import { blame, choice, codeField, input, values } from "./fields.js";
import { announce, go, show } from "./shell.js";

function page(fields, ask, label, work) {
  const place = h("div");
  const submit = h("button", { class: "btn btn-primary btn-lg w-100", type: "submit" }, label);
  const form = h("form", { class: "card narrow", novalidate: true });
  form.append(h("div", { class: "card-body" }, place, fields.before, codeField(() => form, place, () => ask(form)), fields.after, submit,
    h("p", { class: "small mt-3 mb-0" }, h("a", { href: "#/sign-in" }, "返回登录"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(submit, async () => {
      try {
        await work(form);
      } catch (problem) {
        blame(form, place, problem);
      }
    });
  });
  return form;
}

export async function forgotPassword() {
  if (session.open) return go("#/home");
  const fields = {
    before: input("username", "手机号/身份证号/邮箱", { autocomplete: "username", autocapitalize: "none", required: true }),
    after: input("password", "新密码", { type: "password", autocomplete: "new-password", required: true, maxlength: "64" }, "8 至 64 位，字母、数字、符号至少两种"),
  };
  const ask = (form) => ({ path: "/accounts/password/code", body: values(form, ["username"]) });
  const lost = h("p", { class: "small text-body-secondary" },
    "验证码只发送到账号的手机号码。号码已停用但记得密码的，请用身份证号或邮箱登录后更换手机号码；密码也忘记的，请先向运营商补办原号码。");
  fields.before = [lost, fields.before];
  const form = page(fields, ask, "设置新密码", async (typed) => {
    await write("/accounts/password", { ...values(typed, ["username", "code"]), password: typed.elements.password.value });
    announce("密码已重新设置");
    go("#/sign-in/renewed");
  });
  return () => show("找回密码", form);
}

export async function forgotName() {
  if (session.open) return go("#/home");
  const { id_kinds: kinds } = await get("/accounts/choices");
  const names = ["name", "id_kind", "id_number"];
  const fields = {
    before: [
      input("name", "姓名", { autocomplete: "name", required: true, maxlength: "120" }),
      choice("id_kind", "证件类型", kinds),
      input("id_number", "证件号码", { autocomplete: "off", autocapitalize: "characters", required: true, maxlength: "40" }),
    ],
    after: [],
  };
  const ask = (form) => ({ path: "/accounts/names/code", body: values(form, names) });
  const form = page(fields, ask, "查看用户名", async (typed) => {
    const found = await write("/accounts/names", values(typed, [...names, "code"]));
    show("找回用户名", card("您可以用以下任一项登录",
      pairs([{ label: "手机号码", value: found.phone }, { label: "电子邮箱", value: found.email || "--" }, { label: "证件号码", value: "您填写的证件号码" }]),
      h("a", { class: "btn btn-primary mt-3", href: "#/sign-in" }, "去登录")));
  });
  return () => show("找回用户名", form);
}
