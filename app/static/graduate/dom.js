// Elements made of text and other elements; nothing that comes from the server is ever read as HTML.

/** Make an element: h("a", {class: "…", href: "…", onclick: f}, "text", other). Null children are left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

let numbers = 0;

/** Return an id that no other element has. */
export function fresh(name) {
  numbers += 1;
  return `${name}-${numbers}`;
}

/** A card with a heading. */
export function card(title, ...children) {
  const id = fresh("card");
  return h("section", { class: "card mb-3", "aria-labelledby": id },
    h("div", { class: "card-body" }, h("h2", { class: "h5 card-title", id }, title), ...children));
}

/** Labelled values, as a description list that folds on narrow screens. */
export function pairs(listed) {
  return h("dl", { class: "pairs mb-0" }, listed.map(({ label, value }) => [h("dt", {}, label), h("dd", {}, value)]));
}

/** The reason why something is not possible, and what to do next. */
export function reason(refusal, id) {
  const parts = [refusal.message, refusal.next].filter(Boolean).join("");
  const until = refusal.until && !parts.includes(refusal.until.text) ? `（${refusal.until.text}）` : "";
  return h("p", { class: "reason", id }, parts + until);
}

/** A button that tells, while it works, that it works, and cannot be pressed twice. */
export function button(label, look, work, properties = {}) {
  const made = h("button", { type: "button", class: `btn ${look}`, ...properties }, label);
  made.addEventListener("click", () => busy(made, work));
  return made;
}

/** Run something slow: the button is disabled and turns a wheel until it is done. */
export async function busy(made, work) {
  if (made.getAttribute("aria-busy") === "true") return;
  const wheel = h("span", { class: "spinner-border spinner-border-sm ms-2", "aria-hidden": "true" });
  made.setAttribute("aria-busy", "true");
  made.setAttribute("aria-disabled", "true");
  made.append(wheel);
  try {
    await work();
  } finally {
    wheel.remove();
    made.removeAttribute("aria-busy");
    made.removeAttribute("aria-disabled");
  }
}

/** Write a moment as a person in China reads it. */
export function moment(iso) {
  const parts = new Intl.DateTimeFormat("zh-CN", {
    timeZone: "Asia/Shanghai", year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false,
  }).formatToParts(new Date(iso));
  const at = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${at.year}年${at.month}月${at.day}日 ${at.hour}:${at.minute}`;
}
