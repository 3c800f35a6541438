// 信息导入 and 信息更新: what a graduate asks the school to write on its roll, and what became of it.

import { get, write } from "./api.js";
import { busy, card, h, moment, pairs } from "./dom.js";
import { blame, choice, input, school, tick, values } from "./fields.js";
import { chosen } from "./records.js";
import { announce, go, show } from "./shell.js";

const EMPTY = { code: "", label: "（不更正）" };
const HINTS = { origin_region: "自省份起的全称，例如“北京市海淀区”", entered_on: "例如 2023-09-01", graduates_on: "例如 2027-06-30", duration_years: "例如 4" };

function field(one, update) {
  const label = one.required || update ? one.label : `${one.label}（选填）`;
  if (!one.choices.length) return input(one.name, label, { autocomplete: "off" }, HINTS[one.name] || "");
  const first = update ? EMPTY : { code: "", label: "请选择" };
  return choice(one.name, label, [first, ...one.choices]);
}

function line(one) {
  return h("div", { class: "item" },
    h("span", { class: "item-title" }, `${one.title}　${one.school}`),
    h("span", { class: "item-state" }, one.label),
    h("span", { class: "item-more" }, moment(one.created_at)),
    one.reason ? h("span", { class: "item-more" }, `原因：${one.reason}`) : null,
    h("details", {}, h("summary", {}, "申请内容"), pairs(one.fields)));
}

export async function requests() {
  const [listed, me] = await Promise.all([get("/roll-requests"), get("/me")]);
  return () => show("信息申请",
    h("div", { class: "actions" },
      me.records.length ? h("a", { class: "btn btn-primary", href: "#/request/update" }, "信息更新") : null,
      h("a", { class: "btn btn-outline-primary", href: "#/request/import" }, "信息导入")),
    h("p", { class: "small text-body-secondary" }, "已在名单中但信息有误的，申请信息更新；不在名单中的，申请信息导入。手机号码和电子邮箱请自行更换。"),
    listed.length ? listed.map(line) : h("p", {}, "还没有申请。"));
}

export async function request(kind) {
  const update = kind !== "import";
  const [form, me] = await Promise.all([get(`/roll-requests/form?kind=${update ? "update" : "import"}`), get("/me")]);
  const record = chosen(me.records);
  if (update && !record) return go("#/request/import");
  const place = h("div");
  const submit = h("button", { class: "btn btn-primary btn-lg w-100", type: "submit", disabled: form.open }, "提交");
  const cohorts = form.cohorts.map((year) => ({ code: String(year), label: `${year} 届`, selected: year === form.cohorts[1] }));
  const about = update ? h("p", {}, `${record.cohort} 届　${record.school}：只填写需要更正的项目。`)
    : [school("school_code", "毕业院校"), choice("cohort", "届别", cohorts)];
  const note = input("note", "说明（选填）", { maxlength: "200" });
  const agreed = form.declaration && tick(form.declaration.title, form.declaration.text);
  const typed = h("form", { class: "card narrow", novalidate: true }, h("div", { class: "card-body" }, place,
    form.open ? h("p", { class: "alert alert-info" }, `您已提交过“${form.title}”申请，学校尚未处理。`) : null,
    about, form.fields.map((one) => field(one, update)), note, agreed && agreed.row, submit));
  typed.addEventListener("submit", (event) => {
    event.preventDefault();
    if (agreed && !agreed.box.checked) {
      blame(typed, place, { status: 422, message: "请核对申请内容，勾选“数据真实无误”后再提交。" });
      agreed.box.focus();
      return;
    }
    busy(submit, async () => {
      try {
        await write("/roll-requests", body(typed, form, update && record));
        announce("申请已提交");
        go("#/requests");
      } catch (problem) {
        blame(typed, place, problem);
      }
    });
  });
  return () => show(form.title, typed);
}

function body(typed, form, record) {
  const all = values(typed, form.fields.map(({ name }) => name));
  const fields = Object.fromEntries(Object.entries(all).filter(([, text]) => text));
  const said = { kind: form.kind, fields, note: typed.elements.note.value.trim(), declaration: form.declaration?.version ?? null };
  if (record) return { ...said, record: record.id };
  return { ...said, ...values(typed, ["school_code"]), cohort: Number(typed.elements.cohort.value) };
}
