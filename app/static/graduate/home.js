// The home page of one record: cohort, functions, invitations, records, who looked the graduate up (R-GRAD-3).

import { get } from "./api.js";
import { card, fresh, h, moment, reason } from "./dom.js";
import { choose, chosen } from "./records.js";
import { go, show } from "./shell.js";

export async function home() {
  const me = await get("/me");
  const record = chosen(me.records);
  if (!record) return () => notOnTheRoll(me);
  let page;
  try {
    page = await get(`/home?record=${encodeURIComponent(record.id)}`);
  } catch (problem) {
    if (problem.code !== "confirm_first") throw problem;
    return go(`#/confirm/${record.id}`);
  }
  return () => show("毕业去向登记与网签", greeting(me, page), notThisCohort(me), again(page), ...content(page));
}

function notOnTheRoll(me) {
  const keys = (me.mismatch || []).join("、");
  show("未能进入系统", card("未在毕业生名单中找到您",
    h("p", {}, keys ? `您的学信网信息与学校毕业生名单不一致的项目：${keys}。` : "学校尚未上报您的毕业生信息。"),
    h("p", {}, "您可以向学校申请信息导入；学校处理后会通知您。"),
    h("div", { class: "actions" },
      h("a", { class: "btn btn-primary", href: "#/request/import" }, "申请信息导入"),
      h("a", { class: "btn btn-outline-primary", href: "#/requests" }, "查看申请"),
      h("a", { class: "btn btn-outline-primary", href: "#/contact" }, "更换手机号码或邮箱"))));
}

function greeting(me, page) {
  const id = fresh("cohort");
  const select = h("select", { class: "form-select w-auto", id },
    page.cohorts.map((one) => h("option", { value: one.record, selected: one.record === page.record.id },
      `${one.cohort} 届 ${one.school}${one.current ? "" : "（往届）"}`)));
  select.addEventListener("change", () => { choose(select.value); go("#/home"); });
  return h("div", { class: "greeting" },
    h("p", { class: "mb-2" }, h("strong", {}, me.name), `　${page.record.department}　${page.record.degree_level}`),
    h("div", { class: "greeting-row" },
      h("label", { class: "visually-hidden", for: id }, "届别"), select,
      h("a", { class: "btn btn-outline-primary", href: "#/me" }, "我的信息"),
      h("a", { class: "btn btn-outline-primary", href: "#/guide" }, "操作指南")));
}

function notThisCohort(me) {
  if (me.records.some((one) => one.current)) return null;
  const keys = (me.mismatch || []).join("、");
  return h("div", { class: "alert alert-warning" },
    `应届毕业生名单中还没有您${keys ? `，不一致的项目：${keys}` : ""}。您是应届毕业生的，`,
    h("a", { class: "alert-link", href: "#/request/import" }, "请申请信息导入"), "。");
}

function again(page) {
  if (page.record.confirmed) return null;
  return h("div", { class: "alert alert-warning" }, "您的信息有变化，办理新业务前请重新核对。",
    h("a", { class: "alert-link", href: `#/confirm/${page.record.id}` }, "现在核对"));
}

function content(page) {
  const nothing = page.invitations.length + page.records.length === 0;
  return [
    nothing ? h("p", { class: "alert alert-info" }, page.empty_text) : null,
    card("签约邀请", page.invitations.length ? page.invitations.map(item) : h("p", {}, "暂无待回应的签约邀请。"),
      page.online.allowed ? null : reason(page.online.refusal),
      h("p", { class: "small text-body-secondary mb-0" }, page.online_text)),
    page.records.length ? card("我的记录", page.records.map(item)) : null,
    card("登记与申请", page.buttons.map(functionButton)),
    page.searches.length ? card("查询过您的单位", h("ul", { class: "list-unstyled mb-0" },
      page.searches.map((one) => h("li", {}, one.employer, h("span", { class: "text-body-secondary small ms-2" }, moment(one.at)))))) : null,
    page.notices.once ? h("p", { class: "small text-body-secondary" }, page.notices.once.text) : null,
  ];
}

function item(one) {
  const inside = [
    h("span", { class: "item-title" }, one.title),
    h("span", { class: "item-state" }, one.label),
    h("span", { class: "item-more" }, one.position || null, one.state === "invited" && one.deadline_text ? ` 应约截止：${one.deadline_text}` : null),
  ];
  return one.kind === "online"
    ? h("a", { class: "item", href: `#/invitation/${one.id}` }, inside)
    : h("div", { class: "item" }, inside);
}

// The forms behind these three are the mini-program's; here they say where to go instead of doing nothing.
const ELSEWHERE = { message: "现在可以办理，请在毕业生小程序中填写并提交；", next: "提交后，本页会显示办理进度。" };

function functionButton(one) {
  const [about, why] = [fresh("about"), fresh("why")];
  return h("div", { class: "function" },
    h("button", { type: "button", class: "btn btn-outline-primary w-100", disabled: true, "aria-describedby": `${about} ${why}` }, one.title),
    reason(one.allowed ? ELSEWHERE : one.refusal, why),
    h("p", { class: "small text-body-secondary mb-0", id: about }, one.text));
}
