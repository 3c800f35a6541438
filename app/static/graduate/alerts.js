// 消息: what the platform told the graduate.

import { list, write } from "./api.js";
import { button, h, moment } from "./dom.js";
import { announce, go, show, tell } from "./shell.js";

export async function alerts(number) {
  const page = Math.max(1, Number.parseInt(number, 10) || 1);
  const { items, pages } = await list("/alerts", page);
  const place = h("div");
  async function readAll() {
    try {
      await write("/alerts/read");
      announce("全部消息已标为已读");
      go(location.hash);
    } catch (problem) {
      tell(place, problem);
    }
  }
  return () => show("消息", place,
    items.length ? h("div", { class: "mb-3" }, button("全部标为已读", "btn-outline-primary", readAll)) : h("p", {}, "还没有消息。"),
    items.map(line),
    pages > 1 ? h("nav", { class: "actions", "aria-label": "消息分页" },
      page > 1 ? h("a", { class: "btn btn-outline-primary", href: `#/alerts/${page - 1}` }, "上一页") : null,
      h("span", { class: "align-self-center" }, `第 ${page} 页，共 ${pages} 页`),
      page < pages ? h("a", { class: "btn btn-outline-primary", href: `#/alerts/${page + 1}` }, "下一页") : null) : null);
}

function line(alert) {
  const inside = [
    h("span", { class: "item-title" }, alert.read ? null : h("span", { class: "badge text-bg-danger me-2" }, "未读"), alert.title),
    h("span", { class: "item-more" }, alert.body),
    h("span", { class: "item-more" }, moment(alert.created_at)),
  ];
  const opened = () => { if (!alert.read) write(`/alerts/${alert.id}/read`).catch(() => null); };
  const address = addressOf(alert);
  return address ? h("a", { class: "item", href: address, onclick: opened }, inside) : h("div", { class: "item" }, inside);
}

/** Where an alert leads, as far as these pages go; of records other than online signings they show the list alone. */
function addressOf({ page, kind, placement }) {
  if (page?.name === "correction") return `#/correction/${page.id}`;
  if (page?.name === "roll-request") return "#/requests";
  return kind === "online" ? `#/invitation/${placement}` : null;
}
