/** What happens in the project, told to the page: through a worker that all tabs share, if there is one. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { ToWorker } from "./events.worker";
import { findOut } from "./session";
import { Stream, type News } from "./stream";

export type { News } from "./stream";

const URL_OF_EVENTS = "/api/v1/events";
const ALIVE_MS = 20_000;
/** A short break is nobody's business. */
const WORRY_MS = 1500;

interface Line {
  restart(): void;
  close(): void;
}

const listeners = new Set<(news: News) => void>();
const watchers = new Set<() => void>();
let line: Line | null = null;
let lost = false;
let worry: ReturnType<typeof setTimeout> | undefined;

function setLost(now: boolean): void {
  if (lost === now) return;
  lost = now;
  for (const watcher of watchers) watcher();
}

function hear(news: News): void {
  if (news.kind === "lost") {
    worry ??= setTimeout(() => setLost(true), WORRY_MS);
  } else {
    if (news.kind === "refused") void findOut();
    else {
      clearTimeout(worry);
      worry = undefined;
      setLost(false);
    }
  }
  for (const listener of listeners) listener(news);
}

function connect(): Line {
  if (typeof SharedWorker === "undefined") return direct();
  try {
    return shared();
  } catch {
    return direct();
  }
}

function direct(): Line {
  const stream = new Stream(URL_OF_EVENTS, hear);
  stream.start();
  return { restart: () => stream.restart(), close: () => stream.stop() };
}

function shared(): Line {
  const worker = new SharedWorker(new URL("./events.worker.ts", import.meta.url), { type: "module", name: "tarry-events" });
  const say = (message: ToWorker) => worker.port.postMessage(message);
  let instead: Line | null = null;
  worker.addEventListener("error", () => {
    instead ??= direct();
  });
  worker.port.onmessage = (event: MessageEvent<News>) => hear(event.data);
  say({ say: "hello", url: URL_OF_EVENTS });
  const alive = setInterval(() => say({ say: "alive" }), ALIVE_MS);
  const bye = () => say({ say: "bye" });
  const back = () => say({ say: "hello", url: URL_OF_EVENTS });
  addEventListener("pagehide", bye);
  addEventListener("pageshow", back);
  return {
    restart: () => (instead ? instead.restart() : say({ say: "restart" })),
    close: () => {
      instead?.close();
      clearInterval(alive);
      removeEventListener("pagehide", bye);
      removeEventListener("pageshow", back);
      bye();
      worker.port.close();
    },
  };
}

/** Listens to what happens; gives the way to stop. */
export function listen(listener: (news: News) => void): () => void {
  listeners.add(listener);
  line ??= connect();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    line?.close();
    line = null;
    clearTimeout(worry);
    worry = undefined;
    setLost(false);
  };
}

/** Begins anew after a log-in or in another project. */
export function listenAnew(): void {
  line?.restart();
}

/** Whether the connection is lost, for longer than a moment. */
export function useLost(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => lost,
  );
}

/**
 * Calls something when news come that concern the page, at most once in `every` milliseconds; also
 * when the connection is there again. `concerns` says which news do; without it, all.
 */
export function useNews(go: () => void, concerns?: (news: News) => boolean, every = 400): void {
  const newest = useRef({ go, concerns });
  useEffect(() => {
    newest.current = { go, concerns };
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let at = 0;
    const stop = listen((news) => {
      if (news.kind === "lost" || news.kind === "refused") return;
      if (news.kind !== "open" && newest.current.concerns?.(news) === false) return;
      if (timer !== undefined) return;
      timer = setTimeout(
        () => {
          timer = undefined;
          at = Date.now();
          newest.current.go();
        },
        Math.max(0, every - (Date.now() - at)),
      );
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [every]);
}
