// The chat window itself, in a frame of the portal on somebody else's page. It asks for what it
// shows by the visitor's secret, which this browser made; a stream only says when to ask.
import { randomHex } from "../lib/random";
import { Ballot, type Polled } from "./ballot";
import { type Reachable, Reach } from "./reach";
import { text as words } from "../lib/texts";

interface File_ { name: string; url: string; size: number; picture: boolean }
interface Message { id: number; mine: boolean; author: string; text: string; at: string; key: string; files: File_[] }
interface State extends Polled, Reachable {
  messages: Message[]; open: boolean; operator?: string; read?: number; seen?: number;
}

const POLL_MS = 4_000;
const SLOW_POLL_MS = 30_000;
const TYPING_MS = 3_000;
/** Addresses of files open for an hour. */
const FRESH_MS = 45 * 60_000;
const base = document.body.dataset.base ?? "";
const given = new URLSearchParams(location.search);
const page = given.get("page") ?? document.referrer;
const list = document.getElementById("talk") as HTMLElement;
const form = document.getElementById("say") as HTMLFormElement;
const box = form.elements.namedItem("text") as HTMLTextAreaElement;
const picked = form.elements.namedItem("file") as HTMLInputElement;
const status_ = document.getElementById("status") as HTMLElement;
const trouble = document.getElementById("trouble") as HTMLElement;
const ballot = new Ballot(document.getElementById("vote") as HTMLElement, (vote) => call("vote/", vote), complain);
const reach = new Reach(document.getElementById("reach") as HTMLDetailsElement, (facts) => call("introduce/", facts), complain);
const drawn = new Map<number, HTMLElement>();
const waiting = new Map<string, HTMLElement>();
let last = 0;
let read = 0;
/** Behind the button, a window only waits for answers. */
let shown = !given.has("closed");
let source: EventSource | undefined;
let timer: number | undefined;
let typedAt = 0;
let freshAt = Date.now();
let isOffline = false;
/** What the status says when nobody types, while somebody does. */
let usual = "";
let typing: number | undefined;

// --- who it is ----------------------------------------------------------------------------

function secret(): string {
  const name = `svod-visitor-${base}`;
  try {
    const kept = localStorage.getItem(name) ?? randomHex(24);
    localStorage.setItem(name, kept);
    return kept;
  } catch {
    return randomHex(24); // a browser that keeps nothing has a new visitor with every page
  }
}

const visitor = secret();

async function call(path: string, body?: FormData | object): Promise<any> {
  const answer = await fetch(base + path, {
    method: body ? "POST" : "GET",
    headers: { "X-Svod-Visitor": visitor, ...(body && !(body instanceof FormData) ? { "Content-Type": "application/json" } : {}) },
    body: body instanceof FormData ? body : body ? JSON.stringify(body) : undefined,
    credentials: "omit",
  });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(String(found.error ?? answer.status));
  return found;
}

// --- showing ------------------------------------------------------------------------------

function show(state: State): void {
  const near = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const fresh = state.messages.filter((message) => put(message) && !message.mine);
  tell(fresh.filter((message) => message.id > (state.seen ?? 0)).length, state.open);
  read = state.read ?? read;
  for (const [id, element] of drawn) element.classList.toggle("is-read", id <= read);
  if (state.messages.some((one) => !one.mine)) notTyping();
  if (state.operator && !usual) status_.textContent = state.operator;
  ballot.show(state);
  reach.show(state);
  if (near && state.messages.length) list.scrollTop = list.scrollHeight;
}

/** Whether it was not there yet. */
function put(message: Message): boolean {
  last = Math.max(last, message.id);
  if (drawn.has(message.id)) return false;
  const own = waiting.get(message.key);
  const element = own ?? document.createElement("div");
  waiting.delete(message.key);
  element.className = message.mine ? "cw-mine" : "cw-theirs";
  element.replaceChildren(...parts(message));
  if (!own) list.append(element);
  drawn.set(message.id, element);
  return true;
}

function* parts(message: Message): Generator<Node> {
  if (!message.mine && message.author) yield labelled("cw-author", message.author);
  if (message.text) yield linked(message.text);
  for (const file of message.files) yield fileLink(file);
  const at = document.createElement("time");
  at.dateTime = message.at;
  at.textContent = moment(new Date(message.at));
  yield at;
}

/** The hour; the day as well where it is another. */
function moment(at: Date): string {
  const today = at.toDateString() === new Date().toDateString();
  const day: Intl.DateTimeFormatOptions = today ? {} : { day: "numeric", month: "short" };
  return at.toLocaleString(document.documentElement.lang, { ...day, hour: "2-digit", minute: "2-digit" });
}

function labelled(css: string, words_: string): HTMLElement {
  const made = document.createElement("span");
  made.className = css;
  made.textContent = words_;
  return made;
}

/** The text with its https addresses as links; everything else is text and nothing more. */
function linked(given: string): HTMLElement {
  const made = labelled("cw-text", "");
  let at = 0;
  for (const found of given.matchAll(/https?:\/\/[^\s<>"']+/g)) {
    made.append(given.slice(at, found.index));
    const link = document.createElement("a");
    link.href = found[0];
    link.textContent = found[0];
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
    made.append(link);
    at = found.index + found[0].length;
  }
  made.append(given.slice(at));
  return made;
}

function fileLink(file: File_): HTMLElement {
  const link = document.createElement("a");
  link.className = "cw-file";
  link.href = file.url;
  link.target = "_blank";
  link.rel = "noopener";
  if (file.picture) {
    const picture = document.createElement("img");
    picture.src = file.url;
    picture.alt = file.name;
    link.append(picture);
  } else {
    link.textContent = file.name;
  }
  return link;
}

/** A window that is open for long gets the addresses of its files anew. */
async function refreshFiles(): Promise<void> {
  if (document.hidden || Date.now() - freshAt < FRESH_MS) return;
  const { messages }: State = await call("messages/");
  freshAt = Date.now();
  for (const message of messages) {
    const links = drawn.get(message.id)?.querySelectorAll<HTMLAnchorElement>(".cw-file") ?? [];
    message.files.forEach((file, at) => links[at] && renew(links[at], file.url));
  }
}

/** A picture that is shown already is not asked for once more. */
function renew(link: HTMLAnchorElement, url: string): void {
  link.href = url;
  const picture = link.querySelector("img");
  if (picture && !picture.naturalWidth) picture.src = url;
}

/** The page counts what is not looked at, and keeps the window behind its button for as long as
 * there is a conversation. */
function tell(unseen: number, open: boolean): void {
  parent.postMessage({ svod: "talk", open, unseen: shown && !document.hidden ? 0 : unseen }, "*");
  if (unseen) markRead();
}

function markRead(): void {
  if (last && shown && !document.hidden) void call("read/", { id: last }).catch(() => undefined);
}

// --- asking -------------------------------------------------------------------------------

async function refresh(): Promise<void> {
  try {
    show(await call(`messages/?after=${last}`));
    await refreshFiles();
    if (isOffline) complain();
  } catch {
    complain(new TypeError());
  }
}

function poll(): void {
  clearTimeout(timer);
  timer = window.setTimeout(async () => {
    await refresh();
    poll();
  }, source ? SLOW_POLL_MS : POLL_MS);
}

async function listen(): Promise<void> {
  if (source || !last) return;
  try {
    const { ticket } = await call("stream/", {});
    source = new EventSource(`${document.body.dataset.live}?ticket=${encodeURIComponent(ticket)}`);
    source.onmessage = ({ data }) => heard(JSON.parse(data));
    source.onerror = () => {
      source?.close(); // its ticket is spent: the next one is asked for
      source = undefined;
      setTimeout(() => void listen(), POLL_MS);
      poll();
    };
    poll();
  } catch {
    source = undefined;
  }
}

function heard(told: { event: string; data: { what?: string } }): void {
  if (told.event !== "chat" && told.event !== "reload") return;
  if (told.data.what === "operator_typing") showTyping();
  else void refresh();
}

function showTyping(): void {
  usual ||= status_.textContent ?? "";
  status_.textContent = words("cw_typing");
  clearTimeout(typing);
  typing = window.setTimeout(notTyping, 2 * TYPING_MS);
}

function notTyping(): void {
  clearTimeout(typing);
  if (usual) status_.textContent = usual;
  usual = "";
}

// --- saying -------------------------------------------------------------------------------

async function say(): Promise<void> {
  const files = [...(picked.files ?? [])];
  const said = box.value.trim();
  if (!said && !files.length) return;
  const key = randomHex(16);
  const element = document.createElement("div");
  element.className = "cw-mine is-sending";
  element.append(labelled("cw-text", said || files.map((file) => file.name).join(", ")));
  list.append(element);
  list.scrollTop = list.scrollHeight;
  waiting.set(key, element);
  box.value = "";
  picked.value = "";
  grow();
  await send(key, said, files, element);
}

async function send(key: string, said: string, files: File[], element: HTMLElement): Promise<void> {
  const body = new FormData();
  body.set("key", key);
  body.set("text", said);
  body.set("page", page);
  for (const file of files) body.append("file", file);
  try {
    show(await call("messages/", body));
    element.classList.remove("is-sending");
    complain();
    void listen();
  } catch (error) {
    failed(key, said, files, element, error);
  }
}

function failed(key: string, said: string, files: File[], element: HTMLElement, error: unknown): void {
  element.className = "cw-mine is-failed";
  const again = document.createElement("button");
  again.type = "button";
  again.textContent = words("retry");
  again.addEventListener("click", () => {
    again.remove();
    element.className = "cw-mine is-sending";
    void send(key, said, files, element); // under the same key: it cannot be said twice
  });
  element.append(again);
  complain(error);
}

/** What a fetch throws by itself is that there is no connection; nothing takes a complaint back. */
function complain(error?: unknown): void {
  isOffline = error instanceof TypeError;
  trouble.hidden = !error;
  trouble.textContent = isOffline ? words("cw_offline") : error ? (error as Error).message : "";
}

function grow(): void {
  box.rows = Math.min(5, box.value.split("\n").length);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void say();
});
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  void say();
});
box.addEventListener("input", () => {
  grow();
  if (last && Date.now() - typedAt > TYPING_MS) {
    typedAt = Date.now();
    void call("typing/", {}).catch(() => undefined);
  }
});
picked.addEventListener("change", () => void say());
document.getElementById("close")?.addEventListener("click", () => parent.postMessage({ svod: "close" }, "*"));

const about = document.getElementById("about") as HTMLFormElement | null;
const aboutKey = randomHex(16);

/** Nobody is there: the question goes with a way to reach whoever asks, under one key. */
async function leave(left: HTMLFormElement): Promise<void> {
  const body = new FormData(left);
  body.set("key", aboutKey);
  body.set("page", page);
  body.set("offline", "1");
  try {
    show(await call("messages/", body));
    showAbout(false);
    complain();
    box.focus();
    void listen();
  } catch (error) {
    complain(error);
  }
}

/** The form stands in the place of the box, until the visitor has a conversation. */
function showAbout(shown: boolean): void {
  if (about) about.hidden = !shown;
  form.hidden = shown && about !== null;
}

about?.addEventListener("submit", (event) => {
  event.preventDefault();
  void leave(about);
});
addEventListener("message", (event: MessageEvent<{ svod?: string }>) => {
  if (event.source !== parent) return;
  if (event.data?.svod === "opened") {
    shown = true;
    box.focus();
    list.scrollTop = list.scrollHeight;
    markRead();
  }
  if (event.data?.svod === "closed") shown = false;
});
document.addEventListener("visibilitychange", () => {
  markRead();
  if (last) void refreshFiles().catch(() => undefined);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") parent.postMessage({ svod: "close" }, "*");
});

void refresh().then(() => { list.scrollTop = list.scrollHeight; showAbout(!last); void listen(); });
poll();
