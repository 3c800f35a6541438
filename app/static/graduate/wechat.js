// 微信提醒: which WeChat is bound; a code to scan that is confirmed here, the bot's link, parting (R-BOT-1, R-STEP-1).

import { get, remove, write } from "./api.js";
import { button, card, h, moment, pairs } from "./dom.js";
import { proven } from "./proof.js";
import { announce, go, show, tell } from "./shell.js";

const EVERY = 2000; // milliseconds between two looks at a code
let token = ""; // of the bot's link; kept nowhere else, and no longer in the address

/** Take the token of the bot's link out of the address. */
export function takeLink() {
  const found = location.hash.match(/^#\/bind\?token=([\w-]{1,100})$/);
  if (!found) return;
  [, token] = found;
  history.replaceState(null, "", "#/bind");
}

/** Where to go after signing in. */
export function next() {
  return token ? "#/bind" : "#/home";
}

/** The card of the graduate's page; it draws itself anew whenever something has changed. */
export function reminders(binding) {
  const place = h("div");
  drawBinding(place, binding);
  return card("微信提醒", place);
}

/** Change what the card shows, and keep the focus of whoever acts in it. */
function redraw(place, ...children) {
  place.replaceChildren(...children.filter(Boolean));
  if (place.isConnected) place.querySelector("button").focus();
}

function drawBinding(place, binding) {
  const problem = h("div");
  redraw(place,
    h("p", {}, binding.message),
    binding.bound ? pairs(binding.accounts.map((one) => ({ label: one.label, value: `${one.state_label}（${moment(one.bound_at)}绑定）` }))) : null,
    problem,
    h("div", { class: "actions mb-0" },
      button(binding.bound ? "绑定其他微信" : "绑定微信", "btn-primary", () => tried(problem, () => ask(place, binding))),
      binding.bound ? button("解除绑定", "btn-outline-danger", () => tried(problem, () => part(place))) : null));
}

async function tried(place, work) {
  try {
    await work();
  } catch (problem) {
    tell(place, problem);
  }
}

async function part(place) {
  drawBinding(place, await proven("解除绑定", () => remove("/wechat/binding")));
  announce("已解除微信绑定");
}

async function ask(place, binding) {
  const scene = await write("/wechat/scenes");
  const status = h("p", { role: "status" }, "正在等待扫描……");
  redraw(place,
    h("p", {}, "请用您本人的微信扫描二维码并关注公众号；用手机打开本页的，可长按二维码识别。10 分钟内有效。"),
    h("img", { class: "scene", src: scene.picture, alt: "绑定微信的二维码", width: "220", height: "220" }),
    status,
    h("div", { class: "actions mb-0" }, button("取消", "btn-outline-secondary", () => drawBinding(place, binding))));
  watch(place, status, scene.id, binding);
}

/** Look at a code until it has been scanned or is over, for as long as it is on the screen. */
async function watch(place, status, id, binding) {
  while (status.isConnected) {
    await new Promise((done) => { setTimeout(done, EVERY); });
    const scene = await get(`/wechat/scenes/${id}`).catch((problem) => { if (problem.status === 401) tell(status, problem); });
    if (!status.isConnected || !scene || scene.state === "waiting") continue;
    drawScan(place, scene, binding);
  }
}

function drawScan(place, scene, binding) {
  const problem = h("div");
  const scanned = scene.state === "scanned";
  const said = scanned ? `已有微信在${moment(scene.scanned_at)}扫描了二维码。请确认这是您本人的微信。` : "二维码已失效，请重新获取。";
  announce(said);
  redraw(place,
    h("p", {}, said),
    problem,
    h("div", { class: "actions mb-0" },
      scanned ? button("确认绑定", "btn-primary", () => tried(problem, () => confirm(place, scene.id))) : null,
      button(scanned ? "不是我，重新获取" : "重新获取", "btn-outline-primary", () => tried(problem, () => ask(place, binding))),
      button("取消", "btn-outline-secondary", () => drawBinding(place, binding))));
}

async function confirm(place, id) {
  drawBinding(place, await proven("绑定微信", () => write(`/wechat/scenes/${id}/confirm`)));
  announce("微信已绑定");
}

/** The page of the bot's link: binds the WeChat that it was sent to. */
export async function bind() {
  const back = h("a", { class: "btn btn-outline-primary", href: "#/me" }, "查看绑定情况");
  if (!token) return () => show("绑定微信", h("p", {}, "绑定链接已使用或已失效。请在公众号中回复“绑定”重新获取。"), back);
  const { name } = await get("/me");
  const place = h("div");
  async function claim() {
    const binding = await proven("绑定微信", () => write("/wechat/scenes/claim", { token }));
    token = "";
    announce("微信已绑定");
    show("微信已绑定", h("p", {}, binding.message), back);
  }
  return () => show("绑定微信",
    h("p", {}, `将把您在公众号中使用的微信绑定到“${name}”的账号，之后签约邀请和审核结果会在微信中提醒您。链接不是您本人在公众号中获取的，请不要确认。`),
    place,
    h("div", { class: "actions" },
      button("确认绑定", "btn-primary", () => tried(place, claim)),
      button("暂不绑定", "btn-outline-secondary", () => { token = ""; go("#/home"); })));
}
