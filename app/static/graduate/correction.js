// What the school changed, old → new, with who and why: to accept, or to dispute (R-DIFF-1).

import { get, write } from "./api.js";
import { changes } from "./corrected.js";
import { button, card, fresh, h, moment, pairs } from "./dom.js";
import { announce, show, tell } from "./shell.js";

const LIMIT = 500;

export async function correction(id) {
  const one = await get(`/corrections/${encodeURIComponent(id)}`);
  const redraw = async () => (await correction(id))();
  return () => show("信息修改", summary(one), card("修改内容", changes(one.changes)), result(one), answer(one, redraw),
    h("a", { class: "btn btn-outline-primary", href: "#/alerts" }, "返回消息"));
}

function summary(one) {
  return h("section", { class: "card mb-3" }, h("div", { class: "card-body" },
    h("p", { class: "headline mb-2" }, one.label),
    pairs([
      { label: "修改的记录", value: one.title },
      { label: "修改人", value: one.by },
      { label: "修改时间", value: moment(one.made_at) },
      { label: "原因", value: one.reason || "--" },
    ])));
}

function result(one) {
  if (!one.dispute) return null;
  return card("您的异议", h("p", { class: "paragraphs" }, one.dispute),
    one.answer ? h("p", { class: "paragraphs mb-0" }, `学校答复：${one.answer}`) : null);
}

function answer(one, redraw) {
  const [accept, dispute] = ["acknowledge", "dispute"].map((name) => one.actions.find((option) => option.action === name && option.allowed));
  if (!accept && !dispute) return null;
  const place = h("div");
  return card("您的意见",
    h("p", { class: "small text-body-secondary" }, "修改已经生效。如有不符，请提出异议，由学校核实后答复；学校处理之前，修改仍然有效。"),
    place,
    accept ? pressing(one, accept, place, redraw, null, "已确认修改无误") : null,
    dispute ? disputing(one, dispute, place, redraw) : null);
}

function pressing(one, option, place, redraw, text, said, look = "btn-primary w-100 mb-3") {
  return button(option.label, look, async () => {
    try {
      await write(`/corrections/${encodeURIComponent(one.id)}/${option.action}`, text ? { reason: text() } : {});
      announce(said);
      await redraw();
    } catch (problem) {
      tell(place, problem);
    }
  });
}

function disputing(one, option, place, redraw) {
  const [id, hint] = [fresh("dispute"), fresh("hint")];
  const left = h("span", { class: "form-text", id: hint }, `0/${LIMIT}`);
  const text = h("textarea", { class: "form-control", id, rows: "3", maxlength: String(LIMIT), "aria-describedby": hint });
  text.addEventListener("input", () => { left.textContent = `${text.value.length}/${LIMIT}`; });
  return h("details", {}, h("summary", { class: "btn btn-outline-secondary w-100" }, option.label),
    h("div", { class: "mt-3" },
      h("label", { class: "form-label", for: id }, "请说明哪里不符、应该是什么（学校会看到）"), text, left,
      h("div", { class: "mt-2" },
        pressing(one, { ...option, label: "提交异议" }, place, redraw, () => text.value.trim(), "异议已提交，请等待学校答复", "btn-danger w-100"))));
}
