/** Undo and redo of everything: documents never change, so what was is still there. */
import type { Doc } from "./document";

interface Moment {
  readonly doc: Doc;
  /** What was done to get from the moment before to this one; a key for words. */
  readonly did: string;
}

export interface History {
  readonly past: readonly Moment[];
  readonly now: Moment;
  readonly future: readonly Moment[];
  /** Changes of the same sort and thing that follow each other are one. */
  readonly joined: string;
}

const MOST = 500;

export function begun(doc: Doc): History {
  return { past: [], now: { doc, did: "" }, future: [], joined: "" };
}

/** Notes a change. With the same `join` as the change before, both are undone at once. */
export function done(history: History, doc: Doc, did: string, join = ""): History {
  if (doc === history.now.doc) return history;
  const now = { doc, did };
  if (join !== "" && join === history.joined && history.future.length === 0) return { ...history, now };
  return { past: [...history.past.slice(-MOST + 1), history.now], now, future: [], joined: join };
}

export function undone(history: History): History {
  const before = history.past[history.past.length - 1];
  if (!before) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future], joined: "" };
}

export function redone(history: History): History {
  const [next, ...future] = history.future;
  if (!next) return history;
  return { past: [...history.past, history.now], now: next, future, joined: "" };
}
