// The only caller of the network: bearer token, JSON, one Idempotency-Key per write, repeats that cannot double.

const BASE = "/api/v1";
const TRIES = 3;
const TOKEN = "graduate.token";
const unfinished = new Map(); // write -> key: asked again by the person, it is the same write

/** What the server refused, in its one form: status, code, message, detail. */
export class Problem extends Error {
  constructor(status, code, message, detail = {}) {
    super(message);
    Object.assign(this, { status, code, detail });
  }
}

export const session = {
  get open() { return sessionStorage.getItem(TOKEN) !== null; },
  start(token) { sessionStorage.setItem(TOKEN, token); },
  end() { sessionStorage.clear(); },
};

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function send(method, path, body, headers) {
  const token = sessionStorage.getItem(TOKEN);
  const options = { method, headers: { Accept: "application/json", ...headers }, cache: "no-store" };
  if (token) options.headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  return fetch(BASE + path, options);
}

/** Send until there is an answer; the network, a restart or an overload is worth another try. */
async function answered(method, path, body, headers) {
  for (let number = 1; ; number += 1) {
    try {
      const response = await send(method, path, body, headers);
      if (response.status < 502 || number === TRIES) return response;
    } catch {
      if (number === TRIES) throw new Problem(0, "offline", "网络不通，请检查网络后重试；重试不会重复提交。");
    }
    await wait(400 * 2 ** number);
  }
}

async function read(response) {
  if (response.status === 204) return null;
  let content;
  try {
    content = await response.json();
  } catch {
    throw new Problem(response.status, "unreadable", "系统繁忙，请稍后再试；重试不会重复提交。");
  }
  if (response.ok) return content;
  throw new Problem(response.status, content.code, content.message, content.detail);
}

export async function get(path) {
  return read(await answered("GET", path));
}

/** Return {items, pages} of a list that comes page by page. */
export async function list(path, page) {
  const response = await answered("GET", `${path}?page=${page}&page_size=20`);
  const items = await read(response);
  return { items, pages: JSON.parse(response.headers.get("X-Pagination") || "{}").total_pages || 1 };
}

/** Write once: the key is kept until the server has answered, so that a repeat gets the same answer. */
export async function write(path, body = {}, method = "POST") {
  const what = `${method} ${path} ${JSON.stringify(body)}`;
  const key = unfinished.get(what) || crypto.getRandomValues(new Uint32Array(4)).join("-").slice(0, 64);
  unfinished.set(what, key);
  const response = await answered(method, path, body, { "Idempotency-Key": key });
  if (response.status < 500) unfinished.delete(what);
  return read(response);
}

export const remove = (path) => write(path, {}, "DELETE");

export async function signIn(username, password) {
  const opened = await read(await send("POST", "/sessions", { username, password }).catch(() => {
    throw new Problem(0, "offline", "网络不通，请检查网络后重试。");
  }));
  session.start(opened.token);
  return opened;
}

/** Sign out here in any case, and at the server if it can be reached. */
export async function signOut() {
  try {
    await send("DELETE", "/sessions/current");
  } finally {
    session.end();
  }
}
