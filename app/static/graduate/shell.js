// What stays while pages change: where a page goes, the progress bar, what is said aloud, how a problem looks.

import { session } from "./api.js";
import { h } from "./dom.js";

const PATIENCE = 250; // milliseconds before slowness is shown
const page = document.getElementById("page");
const progress = document.getElementById("progress");
const live = document.getElementById("live");

/** Say something to those who do not see the page change. */
export function announce(text) {
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 50);
}

export function go(address) {
  if (location.hash === address) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = address;
}

/** Put a page on the screen: its title is announced by the focus that goes to the heading. */
export function show(title, ...children) {
  document.title = `${title} · ${page.dataset.platform}`;
  const heading = h("h1", { class: "h4 mb-3", tabindex: "-1" }, title);
  page.replaceChildren(heading, ...children.flat().filter(Boolean));
  page.setAttribute("aria-busy", "false");
  scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

/** Show the progress bar for as long as something slow is under way. */
export async function slowly(work) {
  const timer = setTimeout(() => {
    progress.hidden = false;
    page.setAttribute("aria-busy", "true");
    announce("正在加载，请稍候");
  }, PATIENCE);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    progress.hidden = true;
    page.setAttribute("aria-busy", "false");
  }
}

/** What went wrong, in the server's words, with what to do next. */
export function problemBox(problem) {
  const detail = problem.detail || {};
  const known = problem.status !== undefined;
  const extra = [];
  if (detail.next && detail.next !== problem.message) extra.push(detail.next);
  if (detail.until) extra.push(`时间：${detail.until.text}。`);
  return h("div", { class: "alert alert-danger", role: "alert" },
    h("p", { class: "mb-0" }, known ? problem.message : "页面出了点问题，请刷新后重试。"),
    extra.map((text) => h("p", { class: "mb-0 mt-1" }, text)));
}

/** Put a problem into its place; a session that has ended leads to the sign-in. */
export function tell(place, problem) {
  if (problem.status === 401 && problem.code === "sign_in") {
    session.end();
    go("#/sign-in/expired");
    return;
  }
  place.replaceChildren(problemBox(problem));
  place.scrollIntoView({ block: "nearest" });
}

/** A whole page for a problem, with a way to try again. */
export function failed(problem) {
  const place = h("div");
  show("提示", place, h("a", { class: "btn btn-outline-primary me-2", href: "#/home" }, "返回首页"),
    h("button", { class: "btn btn-primary", type: "button", onclick: () => go(location.hash) }, "重试"));
  tell(place, problem);
}
