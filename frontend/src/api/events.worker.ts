/** One event stream for all tabs of a browser: over HTTP/1.1 it keeps only six connections. */
import { Stream, type News } from "./stream";

export type ToWorker = { say: "hello"; url: string } | { say: "alive" } | { say: "bye" } | { say: "restart" };

/** A tab that says nothing for so long is gone; those in the background may speak once a minute. */
const GONE_MS = 150_000;

interface Scope {
  onconnect: ((event: MessageEvent) => void) | null;
}

const heard = new Map<MessagePort, number>();
let stream: Stream | null = null;

function tellAll(news: News): void {
  for (const port of heard.keys()) port.postMessage(news);
}

function leave(port: MessagePort): void {
  heard.delete(port);
  if (heard.size === 0) {
    stream?.stop();
    stream = null;
  }
}

function hear(port: MessagePort, message: ToWorker): void {
  if (message.say === "bye") {
    leave(port);
    return;
  }
  heard.set(port, Date.now());
  if (message.say === "hello") {
    stream ??= new Stream(message.url, tellAll);
    if (stream.isOpen) port.postMessage({ kind: "open" } satisfies News);
    stream.start();
  } else if (message.say === "restart") {
    stream?.restart();
  }
}

(globalThis as unknown as Scope).onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  port.onmessage = (received: MessageEvent<ToWorker>) => hear(port, received.data);
};

setInterval(() => {
  const now = Date.now();
  for (const [port, at] of heard) {
    if (now - at > GONE_MS) leave(port);
  }
}, GONE_MS / 3);
