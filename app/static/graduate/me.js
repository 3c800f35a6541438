// 我的信息: everything that the school's roll and the account say about the graduate.

import { get } from "./api.js";
import { card, h, pairs } from "./dom.js";
import { chosen } from "./records.js";
import { show } from "./shell.js";
import { reminders } from "./wechat.js";

export async function me() {
  const [person, binding] = await Promise.all([get("/me"), get("/wechat/binding")]);
  const line = chosen(person.records);
  const record = line ? await get(`/records/${encodeURIComponent(line.id)}`) : null;
  return () => show("我的信息",
    record ? card(`${record.cohort} 届`, pairs(record.fields)) : h("p", {}, "您还不在毕业生名单中，请联系学校就业部门。"),
    reminders(binding),
    h("p", { class: "small text-body-secondary" }, "信息有误的，可向学校申请更新；手机号码和电子邮箱由您自行更换。"),
    h("div", { class: "actions" },
      h("a", { class: "btn btn-outline-primary", href: "#/request/update" }, "信息更新"),
      h("a", { class: "btn btn-outline-primary", href: "#/requests" }, "我的申请"),
      h("a", { class: "btn btn-outline-primary", href: "#/contact" }, "更换手机号码或邮箱"),
      h("a", { class: "btn btn-outline-primary", href: "#/home" }, "返回首页")));
}
