// 接受 or 拒绝: the summary, the ticks, the proof; what changed meanwhile is shown before it can be accepted.

import { write } from "./api.js";
import { changes } from "./corrected.js";
import { button, card, fresh, h, pairs, reason } from "./dom.js";
import { tick } from "./fields.js";
import { prove } from "./proof.js";
import { announce, tell } from "./shell.js";

const REASON_LIMIT = 200;
const SUMMARY = ["职位名称", "单位是否解决户档", "试用期", "试用起薪", "转正起薪", "违约金", "报到期限", "实际工作地点"];

export function answer(one, redraw) {
  const [accept, decline] = ["accept", "decline"].map((name) => one.actions.find((option) => option.action === name));
  if (one.state !== "invited" || !accept || !decline) return null;
  const place = h("div");
  return card("回应邀请",
    accept.allowed ? acceptance(one, accept, place, redraw) : blocked(accept),
    place,
    decline.allowed ? refusal(one, decline, place, redraw) : blocked(decline));
}

function blocked(option) {
  const why = fresh("why");
  return h("div", { class: "mb-3" },
    h("button", { type: "button", class: "btn btn-outline-secondary w-100", disabled: true, "aria-describedby": why }, option.label),
    reason(option.refusal, why));
}

function summary(one) {
  const terms = one.job.filter(({ label }) => SUMMARY.includes(label));
  return [h("h3", { class: "h6" }, "内容摘要"), pairs([{ label: "单位名称", value: one.title }, ...terms, { label: "应约截止", value: one.deadline_text }])];
}

function acceptance(one, option, place, redraw) {
  const declaration = one.declaration && tick(one.declaration.title, one.declaration.text);
  const notice = one.binding_notice && tick(`已阅读：${one.binding_notice.title}`, one.binding_notice.text);
  const voided = one.slot && one.slot.voidable
    && tick("确认作废原去向登记", `接受后，已审核通过的去向登记“${one.slot.title}”将自动作废且不能恢复。`);
  const ticks = [declaration, notice, voided].filter(Boolean);
  async function accept() {
    const missing = ticks.find(({ box }) => !box.checked);
    if (missing) {
      tell(place, { status: 422, message: "请先阅读并勾选以上各项，再点击接受。" });
      missing.box.focus();
      return;
    }
    const body = { version: one.version, clauses: one.clauses?.version ?? null, void_destination: Boolean(voided) };
    if (declaration) body.declaration = one.declaration.version;
    if (notice) body.notice = one.binding_notice.version;
    await send(body);
  }
  async function send(body) {
    try {
      await write(`/invitations/${encodeURIComponent(one.id)}/accept`, body);
      announce("已接受邀请，等待学校审核");
      await redraw();
    } catch (problem) {
      if (problem.code === "proof_required") {
        if (await prove("接受邀请")) await send(body);
      } else if (problem.code === "outdated") {
        await redraw(changed(problem));
      } else {
        tell(place, problem);
      }
    }
  }
  return h("div", { class: "mb-3" },
    summary(one),
    one.once_notice ? h("p", { class: "alert alert-info small mt-3" }, one.once_notice.text) : null,
    ticks.map(({ row }) => row),
    button(option.label, "btn-primary btn-lg w-100", accept));
}

/** What the employer changed since it was read: old → new. */
function changed(problem) {
  const all = problem.detail.changes || [];
  return h("div", { class: "alert alert-warning", role: "alert" },
    h("p", { class: "mb-2" }, problem.message),
    changes(all),
    h("p", { class: "mt-2 mb-0" }, "请重新核对全部内容并勾选后再接受。"));
}

function refusal(one, option, place, redraw) {
  const [id, hint] = [fresh("decline"), fresh("hint")];
  const left = h("span", { class: "form-text", id: hint }, `0/${REASON_LIMIT}`);
  const text = h("textarea", { class: "form-control", id, rows: "2", maxlength: String(REASON_LIMIT), "aria-describedby": hint });
  text.addEventListener("input", () => { left.textContent = `${text.value.length}/${REASON_LIMIT}`; });
  async function decline() {
    try {
      await write(`/invitations/${encodeURIComponent(one.id)}/decline`, { reason: text.value.trim() || null });
      announce("已拒绝邀请");
      await redraw();
    } catch (problem) {
      tell(place, problem);
    }
  }
  return h("details", {}, h("summary", { class: "btn btn-outline-secondary w-100" }, option.label),
    h("div", { class: "mt-3" },
      h("label", { class: "form-label", for: id }, "拒绝原因（选填，单位会看到）"), text, left,
      h("p", { class: "small" }, "拒绝后不能撤销；如仍需签约，由单位重新发起邀请。"),
      button("确认拒绝", "btn-danger w-100", decline)));
}
