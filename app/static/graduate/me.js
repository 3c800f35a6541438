// 我的信息: everything that the school's roll and the account say about the graduate.

import { get } from "./api.js";
import { card, h, pairs } from "./dom.js";
import { chosen } from "./records.js";
import { show } from "./shell.js";

export async function me() {
  const person = await get("/me");
  const line = chosen(person.records);
  const record = line ? await get(`/records/${encodeURIComponent(line.id)}`) : null;
  return () => show("我的信息",
    record ? card(`${record.cohort} 届`, pairs(record.fields)) : h("p", {}, "您还不在毕业生名单中，请联系学校就业部门。"),
    h("p", { class: "small text-body-secondary" }, "信息有误的，请联系学校就业部门更正；手机号码和电子邮箱请在学信网账号中修改。"),
    h("a", { class: "btn btn-outline-primary", href: "#/home" }, "返回首页"));
}
