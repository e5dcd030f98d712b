/** What is wrong with a document: where, what sort of thing, and the words for it as a key. */

/** A sentence for people: the catalogue of messages has one for every key. */
export interface Reason {
  readonly key: ReasonKey;
  readonly values: Readonly<Record<string, string>>;
}

export const REASONS = [
  "name", "empty-workflow", "input-twice", "output-twice", "id-twice", "unknown-service", "unknown-workflow",
  "workflow-circle", "too-deep", "too-large", "nested-problems", "unknown-port", "unwired-input", "constant",
  "secret-written", "secret-shown", "secret-passed", "secret-type", "undefined-id", "open-condition", "status-wired", "own-step",
  "later-step", "cycle", "sibling", "other-side", "inside-only", "maybe-failed", "maybe-side", "maybe-round",
  "maybe-no-round", "maybe-after-round", "maybe-merge", "maybe-missing", "types", "types-common", "types-meet",
  "choices-refused", "choices-none", "range", "units", "file-kinds", "not-compared", "list-compared", "no-truth",
  "literal", "always", "never", "endless-always", "endless-idle", "unreachable-always", "unreachable-never",
  "unreachable-loop", "unreachable-list", "merge-alone", "not-a-list", "not-a-list-text", "list-too-long",
  "list-of-lists", "setting-retries", "setting-pause", "setting-time-out", "setting-rounds", "setting-width",
  "unwired-output", "unused-input", "passed-on", "disagree",
  "value-list", "value-list-long", "value-line", "value-mask", "value-integer", "value-decimal", "value-boolean",
  "value-time", "value-choice", "value-file", "value-file-folder", "value-file-kind", "value-folder", "value-low",
  "value-high", "value-step", "value-pattern", "value-missing",
  "json-type", "json-value", "json-missing", "json-unknown", "json-syntax", "json-twice", "json-deep",
  "no-target", "same-value", "into-itself",
] as const;
export type ReasonKey = (typeof REASONS)[number];

export interface Problem {
  /** `s1`, `s1/size`, `inputs/size`, `i1/condition` …; empty: the document as a whole. */
  readonly place: string;
  /** As the platform's own rules call it. */
  readonly code: string;
  readonly reason: Reason;
}

export function reason(key: ReasonKey, values: Readonly<Record<string, string>> = {}): Reason {
  return { key, values };
}

export function problem(place: string, code: string, key: ReasonKey, values: Readonly<Record<string, string>> = {}): Problem {
  return { place, code, reason: { key, values } };
}

/** Two ports have no values in common, or too few. */
export class Misfit extends Error {
  constructor(
    readonly code: string,
    readonly reason: Reason,
  ) {
    super(code);
  }
}
