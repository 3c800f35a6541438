// One invitation: what will be printed, what has happened, what can be done (R-ON-8, R-INV-1).

import { get } from "./api.js";
import { answer } from "./answer.js";
import { corrected } from "./corrected.js";
import { card, h, moment, pairs } from "./dom.js";
import { documents } from "./documents.js";
import { show } from "./shell.js";

/** Draw an invitation; `above` stands over everything, such as what has changed since it was read. */
export async function invitation(id, above = null) {
  const one = await get(`/invitations/${encodeURIComponent(id)}`);
  const redraw = async (next) => (await invitation(id, next))();
  return () => show(one.title,
    above,
    state(one),
    warnings(one.warnings),
    corrected(one.corrections, "修改已生效；就业协议书仍是签约时的内容。"),
    card("单位信息", pairs(one.employer)),
    card("工作约定", pairs(one.job), h("h3", { class: "h6 mt-3" }, "协议补充内容"), h("p", { class: "paragraphs mb-0" }, one.supplement)),
    card("学生信息", h("details", {},
      h("summary", {}, `${one.student.name}　`, h("span", { class: "more" }, "详细信息 >")), pairs(one.student.fields))),
    card("学校", pairs(one.school)),
    one.clauses ? card(one.agreement, h("details", {}, h("summary", {}, "阅读协议条款"),
      h("p", {}, one.clauses.preamble), h("ol", {}, one.clauses.articles.map((text) => h("li", {}, text))))) : null,
    documents(one),
    answer(one, redraw),
    card("办理进度", h("ol", { class: "timeline mb-0" },
      one.history.map((step) => h("li", {}, h("span", { class: "text-body-secondary small" }, moment(step.at)), h("br"), step.text)))),
    h("a", { class: "btn btn-outline-primary", href: "#/home" }, "返回首页"));
}

function warnings(all) {
  if (!all.length) return null;
  return h("div", { class: "alert alert-warning", role: "note" },
    h("p", { class: "fw-semibold mb-1" }, "预警单位"),
    all.map((one) => h("p", { class: "mb-1" }, one.text, one.reason ? h("span", { class: "d-block" }, `原因：${one.reason}`) : null)),
    h("p", { class: "small mb-0" }, "预警仅作提示，不影响办理；请向学校或单位核实后再决定。"));
}

function state(one) {
  return h("section", { class: "card mb-3" }, h("div", { class: "card-body" },
    h("p", { class: "headline mb-1" }, one.label),
    one.position ? h("p", { class: "mb-1" }, `职位：${one.position}`) : null,
    one.state === "invited" && one.deadline_text ? h("p", { class: "mb-1" }, `应约截止：${one.deadline_text}`) : null,
    one.agreement_number ? h("p", { class: "mb-1" }, `协议书编号：${one.agreement_number}`) : null,
    one.reason ? h("p", { class: "mb-0" }, `原因：${one.reason}`) : null));
}
