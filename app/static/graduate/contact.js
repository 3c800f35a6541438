// 手机号码 and 电子邮箱: changed by the graduate alone, after a fresh proof.

import { write } from "./api.js";
import { busy, card, h } from "./dom.js";
import { blame, codeField, input, values } from "./fields.js";
import { proven } from "./proof.js";
import { announce, go, show } from "./shell.js";

const withProof = (path, body) => proven("更换", () => write(path, body));

function changing(title, fields, work) {
  const place = h("div");
  const submit = h("button", { class: "btn btn-primary", type: "submit" }, "保存");
  const form = h("form", { novalidate: true });
  form.append(place, ...fields(form, place).flat(), submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(submit, async () => {
      try {
        await work(form);
        announce(`${title}已更换`);
        go("#/me");
      } catch (problem) {
        blame(form, place, problem);
      }
    });
  });
  return card(title, form);
}

export async function contact() {
  const phone = changing("手机号码", (form, place) => [
    input("phone", "新的手机号码", { type: "tel", autocomplete: "tel", required: true, maxlength: "30" }),
    codeField(() => form, place, () => ({ path: "/me/phone/code", body: values(form, ["phone"]) }), withProof),
  ], (form) => withProof("/me/phone", values(form, ["phone", "code"])));
  const email = changing("电子邮箱", () => [
    input("email", "新的电子邮箱", { type: "email", autocomplete: "email", required: true, maxlength: "254" }),
  ], (form) => withProof("/me/email", values(form, ["email"])));
  return () => show("更换手机号码或邮箱", h("p", {}, "更换前可能需要再次验证您的身份；更换后原手机号码会收到提醒。"), phone, email,
    h("a", { class: "btn btn-outline-primary", href: "#/me" }, "返回"));
}
