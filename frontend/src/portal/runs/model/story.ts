/** The whole story of a run: what happened, who did it, what was said. */
import type { Schemas } from "../../../api/client";
import type { Run, Step } from "./run";

type Happened = Schemas["HappenedAnswer"];

export interface Chapter {
  readonly at: string;
  readonly what: Kind;
  /** The person who did it; empty: nobody. */
  readonly by: string;
  readonly step: Step | null;
  /** What was said, or why it failed. */
  readonly words: string;
}

export type Kind =
  | "asked" | "begun" | "started" | "accepted" | "succeeded" | "failed" | "doubted" | "retry" | "passed-over" | "taken-over"
  | "again" | "given-up" | "abort" | "stopped" | "message" | "page-message" | "finished" | "run-failed" | "aborted" | "branch" | "round" | "items";

const KINDS: Readonly<Record<string, Kind>> = {
  begun: "begun", intended: "started", succeeded: "succeeded", failed: "failed", doubted: "doubted", "retry-planned": "retry",
  "passed-over": "passed-over", "taken-over": "taken-over", "abort-requested": "abort", stopped: "stopped",
};
const ENDS: Readonly<Record<string, Kind>> = { succeeded: "finished", failed: "run-failed", aborted: "aborted" };

/** Gives what happened in its order; what only the platform itself cares for is left out. */
export function storyOf(run: Run, happened: readonly Happened[]): readonly Chapter[] {
  const steps = new Map(run.steps.map((step) => [step.id, step]));
  const story: Chapter[] = [{ at: run.created_at, what: "asked", by: run.owner, step: null, words: "" }];
  for (const one of happened) {
    const step = one.step === null ? null : (steps.get(one.step) ?? null);
    const what = one.kind === "decided" ? (one.choice === "again" ? "again" : "given-up") : KINDS[one.kind];
    if (!what) continue;
    const words = what === "failed" || what === "doubted" ? (step?.failure?.message ?? "") : "";
    story.push({ at: one.at, what, by: one.by, step, words });
  }
  for (const message of run.messages) {
    const answer = message.answer === null || message.answer === "" || message.answer === "OK" ? "" : ` → ${message.answer}`;
    story.push({
      at: message.at,
      what: message.from_page ? "page-message" : "message",
      by: message.by,
      step: steps.get(message.step) ?? null,
      words: message.text + answer,
    });
  }
  const end = ENDS[run.state];
  if (end && run.ended_at) story.push({ at: run.ended_at, what: end, by: "", step: null, words: run.failure?.message ?? "" });
  return story.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
