// 协议书预览 and 下载协议书: every download has an address of its own, good once.

import { write } from "./api.js";
import { button, card, fresh, h, reason } from "./dom.js";
import { announce, tell } from "./shell.js";

const PATIENCE = 20; // times
const PAUSE = 2000; // milliseconds
const LABELS = { preview: "协议书预览", agreement: "下载协议书" };

export function documents(one) {
  const place = h("div", { class: "mt-2" });
  async function download(what) {
    place.replaceChildren();
    try {
      location.assign(await address(one.id, what, place));
      place.replaceChildren();
      announce("文件开始下载");
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

/** Ask for a one-time address; a file that is being made is waited for. */
async function address(id, what, place) {
  for (let left = PATIENCE; ; left -= 1) {
    try {
      return (await write(`/placements/${encodeURIComponent(id)}/downloads`, { what })).url;
    } catch (problem) {
      if (problem.code !== "document_pending" || left === 0) throw problem;
    }
    if (!place.hasChildNodes()) place.append(h("p", { class: "alert alert-info mb-0", role: "status" }, "协议书正在生成，完成后自动下载，请稍候……"));
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}
