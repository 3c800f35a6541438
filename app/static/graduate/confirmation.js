// 核对信息: the graduate checks every field and confirms it before anything else works (R-GRAD-1).

import { get, signOut, write } from "./api.js";
import { corrected } from "./corrected.js";
import { button, card, h, pairs } from "./dom.js";
import { announce, go, show, tell } from "./shell.js";

export async function confirmation(id) {
  const record = await get(`/records/${encodeURIComponent(id)}`);
  const place = h("div");
  async function confirm() {
    try {
      await write(`/records/${encodeURIComponent(id)}/confirmation`, { shown_version: record.shown_version });
      announce("信息已确认");
      go("#/home");
    } catch (problem) {
      if (problem.status === 409) {
        const draw = await confirmation(id);
        draw();
      }
      tell(document.getElementById("confirm-problem"), problem);
    }
  }
  async function leave() {
    await signOut().catch(() => null);
    go("#/sign-in");
  }
  return () => {
    place.id = "confirm-problem";
    show("核对信息",
      h("p", {}, `请仔细核对 ${record.cohort} 届的以下信息，确认后将显示在就业协议书中。信息有误的，请先申请信息更新；手机号码和电子邮箱可自行更换。`),
      h("p", {}, h("a", { href: "#/request/update" }, "信息更新"), "　", h("a", { href: "#/contact" }, "更换手机号码或邮箱")),
      corrected(record.corrections, "以上修改已生效，请核对后确认；有误的，请申请信息更新。"),
      card("学生信息", pairs(record.fields)),
      place,
      h("div", { class: "actions" },
        button("信息确认无误，进入系统", "btn-primary btn-lg", confirm),
        button("退出", "btn-outline-secondary btn-lg", leave)));
  };
}
