// The way from an address (#/…) to its page, and the menu.

import { get, session, signOut } from "./api.js";
import { alerts } from "./alerts.js";
import { confirmation } from "./confirmation.js";
import { contact } from "./contact.js";
import { correction } from "./correction.js";
import { guide } from "./guide.js";
import { home } from "./home.js";
import { invitation } from "./invitation.js";
import { me } from "./me.js";
import { forgotName, forgotPassword } from "./recover.js";
import { register } from "./register.js";
import { request, requests } from "./requests.js";
import { failed, go, slowly } from "./shell.js";
import { signIn } from "./sign_in.js";
import { bind, takeLink } from "./wechat.js";

const PAGES = {
  home, me, alerts, guide, invitation, correction, contact, bind, register, request, requests, confirm: confirmation, "sign-in": signIn,
  "forgot-password": forgotPassword, "forgot-name": forgotName,
};
const OPEN_TO_ALL = ["sign-in", "guide", "register", "forgot-password", "forgot-name"];
const menu = document.getElementById("menu");
const unread = document.getElementById("unread");
let turn = 0;

async function count() {
  try {
    const { count: number } = await get("/alerts/unread");
    unread.textContent = number ? String(number) : "";
    unread.hidden = !number;
  } catch {
    unread.hidden = true; // a badge is never worth an error message
  }
}

async function open() {
  turn += 1;
  const mine = turn;
  takeLink();
  const [name = "home", id = ""] = location.hash.replace(/^#\/?/, "").split("/");
  if (!session.open && !OPEN_TO_ALL.includes(name)) return go(name === "bind" ? "#/sign-in/bind" : "#/sign-in");
  menu.hidden = !session.open;
  for (const link of menu.querySelectorAll("a")) {
    if (link.hash === location.hash) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  try {
    const draw = await slowly((PAGES[name] || home)(decodeURIComponent(id)));
    if (mine === turn && draw) draw(); // a page that was slower than the next one is not shown any more
  } catch (problem) {
    if (mine === turn) failed(problem);
  }
  if (session.open) count();
}

document.getElementById("sign-out").addEventListener("click", async () => {
  await signOut().catch(() => null);
  go("#/sign-in");
});
addEventListener("hashchange", open);
open();
