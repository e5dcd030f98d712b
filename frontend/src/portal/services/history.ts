/** From the changes of a service's health to a strip of time, and to how much of it the service was there. */
import type { Schemas } from "../../api/client";

type Change = Schemas["HealthChangeAnswer"];
export type State = Change["state"];

/** A time that a service was in one state; milliseconds. */
export interface Span {
  readonly state: State;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** So far the strip looks back. */
export const DAYS = 7;

/** Gives where the strip begins: some days ago, or when the service was looked at first; an hour at least. */
export function beginOf(changes: readonly Change[], now: number): number {
  const first = changes.at(-1);
  const known = first ? Date.parse(first.at) : now;
  return Math.min(Math.max(known, now - DAYS * DAY_MS), now - HOUR_MS);
}

/** Gives the states one after the other, from what changed (newest first); nothing where nobody had looked yet. */
export function spansOf(changes: readonly Change[], from: number, now: number): Span[] {
  const spans: Span[] = [];
  let to = now;
  for (const change of changes) {
    const at = Math.min(Date.parse(change.at), to);
    const begins = Math.max(at, from);
    if (begins < to) spans.unshift({ state: change.state, from: begins, to, reason: change.reason });
    to = at;
    if (at <= from) break;
  }
  return spans;
}

/** Tells whether a service can be called in a state. */
export function isThere(state: State): boolean {
  return state === "ok" || state === "changed";
}

/** Gives how much of the time a service was there, in percent; whole only if it is so exactly. */
export function shareThere(spans: readonly Span[]): string {
  let all = 0;
  let there = 0;
  for (const span of spans) {
    all += span.to - span.from;
    if (isThere(span.state)) there += span.to - span.from;
  }
  if (all === 0) return "";
  const percent = (100 * there) / all;
  if (percent === 0 || percent === 100) return String(percent);
  // 99.96 must not read as 100.
  return (Math.min(Math.max(Math.round(percent * 10), 1), 999) / 10).toFixed(1);
}
