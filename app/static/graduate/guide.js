// 操作指南: the way from the first sign-in to the agreement, in short.

import { card, h } from "./dom.js";
import { show } from "./shell.js";

const STEPS = [
  ["登录并核对信息", "使用学信网账号登录，逐项核对个人信息；无误后点击“信息确认无误，进入系统”。有误的请联系学校就业部门更正。"],
  ["查看签约邀请", "用人单位发出邀请后，首页和消息中会出现该邀请。请仔细阅读单位信息、工作约定和协议补充内容。"],
  ["接受或拒绝", "请在应约截止时间之前回应。接受前须勾选“数据真实无误”；接受一家单位后，其他邀请只能查看。"],
  ["等待学校审核", "接受后由院系、学校审核，进度和结果显示在该邀请的页面，也会发消息告诉您。"],
  ["下载协议书", "审核通过后可以下载协议书。扫描协议书上的二维码，任何人都能查验它现在是否有效。"],
];

export async function guide() {
  return () => show("操作指南", STEPS.map(([title, text], place) => card(`${place + 1}　${title}`, h("p", { class: "mb-0" }, text))),
    h("a", { class: "btn btn-outline-primary", href: "#/home" }, "返回首页"));
}
