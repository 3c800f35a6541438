// 学生用户登录.

import { session, signIn as enter } from "./api.js";
import { busy, h } from "./dom.js";
import { go, show, tell } from "./shell.js";
import { next } from "./wechat.js";

const OTHER_DOORS = { employer: ["/employer/", "前往单位登录"], staff: ["/staff/", "前往学校登录"] };

function field(id, label, properties) {
  return h("div", { class: "mb-3" },
    h("label", { class: "form-label", for: id }, label),
    h("input", { class: "form-control form-control-lg", id, required: true, maxlength: "200", ...properties }));
}

export async function signIn(why) {
  if (session.open) return go(next());
  const place = h("div");
  const submit = h("button", { class: "btn btn-primary btn-lg w-100", type: "submit" }, "登录");
  const form = h("form", { class: "card narrow" }, h("div", { class: "card-body" },
    h("p", {}, "请使用 学信网账号 登录"),
    place,
    field("username", "手机号/身份证号/邮箱", { autocomplete: "username", autocapitalize: "none", spellcheck: "false" }),
    field("password", "密码", { type: "password", autocomplete: "current-password" }),
    submit,
    h("p", { class: "d-flex flex-wrap gap-3 mt-3 mb-0" },
      h("a", { href: "#/register" }, "注册"),
      h("a", { href: "#/forgot-name" }, "找回用户名"),
      h("a", { href: "#/forgot-password" }, "找回密码"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(submit, async () => {
      try {
        await enter(form.elements.username.value, form.elements.password.value);
        go(next());
      } catch (problem) {
        tell(place, problem);
        const door = OTHER_DOORS[problem.detail && problem.detail.door];
        if (door) place.firstChild.append(h("a", { class: "alert-link", href: door[0] }, door[1]));
        form.elements.password.value = "";
        form.elements.password.focus();
      }
    });
  });
  return () => {
    show("学生用户登录", form);
    if (why === "renewed") place.replaceChildren(h("p", { class: "alert alert-info", role: "status" }, "密码已重新设置，请用新密码登录。"));
    if (why === "bind") place.replaceChildren(h("p", { class: "alert alert-info", role: "status" }, "登录后即可绑定微信。"));
    if (why === "expired") place.replaceChildren(h("p", { class: "alert alert-info", role: "status" }, "登录已过期，请重新登录。"));
  };
}
