// What staff changed in a record, old → new with who and why, on the page of that record (R-DIFF-1).

import { card, h, moment, pairs } from "./dom.js";

/** Draw the changes, or nothing where there are none; `note` says what they mean for this page. */
export function corrected(all, note) {
  if (!all.length) return null;
  return card("学校修改的信息", all.map(change), h("p", { class: "small mb-0" }, note));
}

function change(one) {
  return h("div", { class: "mb-2" },
    h("p", { class: "small text-body-secondary mb-1" }, `${one.by}　${moment(one.made_at)}　${one.label}`),
    pairs(one.changes.map((each) => ({ label: each.label, value: `${each.old} → ${each.new}` }))),
    one.reason ? h("p", { class: "small mb-0" }, `修改原因：${one.reason}`) : null);
}
