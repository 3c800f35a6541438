// What staff changed in a record, old → new with who and why, on the page of that record (R-DIFF-1).

import { card, h, moment } from "./dom.js";

/** Draw the changes, or nothing where there are none; `note` says what they mean for this page. */
export function corrected(all, note) {
  if (!all.length) return null;
  return card("学校修改的信息", all.map(one), h("p", { class: "small mb-0" }, note));
}

/** Old → new; what is struck out and what is new is said aloud by the elements themselves. */
export function changes(all) {
  return h("dl", { class: "mb-1" }, all.map(({ label, old, new: now }) => [
    h("dt", {}, label),
    h("dd", {}, h("del", {}, old), " → ", h("ins", {}, now))]));
}

function one(correction) {
  return h("div", { class: "mb-3" },
    h("p", { class: "small text-body-secondary mb-1" }, `${correction.by}　${moment(correction.made_at)}　${correction.label}`),
    changes(correction.changes),
    correction.reason ? h("p", { class: "small mb-1" }, `修改原因：${correction.reason}`) : null,
    h("a", { class: "small", href: `#/correction/${correction.id}` }, "查看修改，可确认或提出异议"));
}
