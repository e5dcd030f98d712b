/** The states of runs and steps, in words; no state differs by colour alone. */
import type { Schemas } from "../api/client";
import { text } from "../messages/en";

export type Run = Schemas["RunAnswer"];
export type Step = Schemas["StepAnswer"];
export type Tone = "idle" | "busy" | "ask" | "good" | "bad" | "off";
type RunState = Run["state"];
type StepState = Step["state"];

export interface Look {
  readonly word: string;
  readonly tone: Tone;
}

const words = text.states;

const RUNS: Readonly<Record<RunState, Look>> = {
  waiting: { word: words.queued, tone: "idle" },
  running: { word: words.running, tone: "busy" },
  undecided: { word: words.asking, tone: "ask" },
  failing: { word: words.failing, tone: "bad" },
  aborting: { word: words.aborting, tone: "busy" },
  succeeded: { word: words.finished, tone: "good" },
  failed: { word: words.failed, tone: "bad" },
  aborted: { word: words.aborted, tone: "off" },
};

const STEPS: Readonly<Record<StepState, Look>> = {
  starting: { word: words.starting, tone: "busy" },
  running: { word: words.running, tone: "busy" },
  unknown: { word: words.unknown, tone: "ask" },
  succeeded: { word: words.finished, tone: "good" },
  failed: { word: words.failed, tone: "bad" },
  aborted: { word: words.aborted, tone: "off" },
};

/** How a run is shown: that it waits for an answer comes before that it runs. */
export function stateWords(run: Pick<Run, "state" | "waits">): Look {
  return run.waits && run.state === "running" ? RUNS.undecided : RUNS[run.state];
}

/** How a step is shown. */
export function stepWords(step: Pick<Step, "state" | "waits">): Look {
  return step.waits ? { word: words.waitsForAnswer, tone: "ask" } : STEPS[step.state];
}

const OVER: ReadonlySet<StepState> = new Set(["succeeded", "failed", "aborted"]);

/** Whether a step run has ended for good. */
export function stepIsOver(step: Pick<Step, "state">): boolean {
  return OVER.has(step.state);
}

/** Whether a run can still be stopped. */
export function isAbortable(run: Pick<Run, "state">): boolean {
  return !isOver(run) && run.state !== "aborting" && run.state !== "failing";
}

/** Whether a run has ended for good. */
export function isOver(run: Pick<Run, "state">): boolean {
  return run.state === "succeeded" || run.state === "failed" || run.state === "aborted";
}
