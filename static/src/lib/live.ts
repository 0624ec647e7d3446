// Live news. Whoever shows something that changes listens on the body:
//
//   document.body.addEventListener("svod:live:reload", …)        load what you show anew: the
//                                                                 stream has just been opened, or
//                                                                 there is none and time has passed
//   document.body.addEventListener("svod:live:notification", …)  what a server's publish() told,
//                                                                 with its data as `detail`
//   document.body.addEventListener("svod:live:lost", …)          the stream broke; a reload follows
//                                                                 when it is there again
//
// One tab of the browser holds the stream (a lock says which) and passes the news on to the
// others; without locks (plain http) every tab in sight has its own. Where there is no stream
// the pages ask by themselves every minute.

const RETRY_MS = 30_000;
const POLL_MS = 60_000;

interface News {
  event: string;
  data: unknown;
}

let url = "";
let source: EventSource | undefined;
let channel: BroadcastChannel | undefined;
let retry: number | undefined;
let poll: number | undefined;
let release: (() => void) | undefined;
let heard = false;

/** Begin, once a page: the address stands in <meta name="svod-live">, the person beside it. */
export function watchLive(): void {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="svod-live"]');
  if (!meta) return;
  url = meta.content;
  const name = `svod-live-${meta.dataset.person ?? ""}`;
  channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<News>) => fire(data);
  const start = () => begin(name);
  if (document.readyState === "complete") start();
  else addEventListener("load", start, { once: true });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => event.persisted && start());
}

function begin(name: string): void {
  pollWhile(!url);
  if (!url) return;
  if (navigator.locks) void navigator.locks.request(name, lead);
  else follow();
}

/** The stream is this tab's until it goes. */
function lead(): Promise<void> {
  return new Promise((done) => {
    release = done;
    open();
  });
}

function follow(): void {
  const look = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", look);
  look();
}

function stop(): void {
  close();
  pollWhile(false);
  release?.();
  release = undefined;
}

function open(): void {
  if (source) return;
  source = new EventSource(url);
  source.addEventListener("error", failed);
  source.addEventListener("message", (message: MessageEvent<string>) => pass(JSON.parse(message.data)));
}

function close(): void {
  clearTimeout(retry);
  source?.close();
  source = undefined;
}

/** A browser comes back by itself after a broken stream, but not after a refused one. */
function failed(): void {
  if (heard) pass({ event: "lost", data: {} });
  heard = false;
  if (source?.readyState !== EventSource.CLOSED) return;
  close();
  pass({ event: "away", data: {} });
  retry = window.setTimeout(open, RETRY_MS);
}

function pass(news: News): void {
  channel?.postMessage(news);
  fire(news);
}

function fire({ event, data }: News): void {
  if (event === "away") return pollWhile(true);
  if (event === "reload") {
    heard = source !== undefined;
    pollWhile(false);
  }
  document.body.dispatchEvent(new CustomEvent(`svod:live:${event}`, { bubbles: true, detail: data }));
}

function pollWhile(away: boolean): void {
  clearInterval(poll);
  if (away) poll = window.setInterval(() => document.hidden || fireReload(), POLL_MS);
}

function fireReload(): void {
  document.body.dispatchEvent(new CustomEvent("svod:live:reload", { bubbles: true, detail: {} }));
}
