// 协议书预览 and 下载协议书: every download has an address of its own, good once.

import { write } from "./api.js";
import { button, card, fresh, h, reason } from "./dom.js";
import { announce, tell } from "./shell.js";

const LABELS = { preview: "协议书预览", agreement: "下载协议书" };

export function documents(one) {
  const place = h("div", { class: "mt-2" });
  async function download(what) {
    place.replaceChildren();
    try {
      const { url } = await write(`/placements/${encodeURIComponent(one.id)}/downloads`, { what });
      announce("文件开始下载");
      location.assign(url);
    } catch (problem) {
      tell(place, problem);
    }
  }
  return card("协议书", Object.entries(LABELS).map(([what, label]) => {
    const { allowed, refusal } = one.documents[what];
    const why = fresh("why");
    return h("div", { class: "mb-2" },
      button(label, "btn-outline-primary w-100", () => download(what), { disabled: !allowed, "aria-describedby": allowed ? null : why }),
      allowed ? null : reason(refusal, why));
  }), place);
}
