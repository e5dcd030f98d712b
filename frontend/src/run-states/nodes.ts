/** How each node of a document stands in a run: for the picture of its graph. */
import type { NodeState } from "../graph-view/GraphView";
import { isOver, stepWords, type Run, type Step } from "./states";

export type { NodeState };
type Look = NodeState["look"];

/** The words that are needed here. */
export interface Words {
  readonly attempt: (number: number) => string;
  readonly round: (number: number) => string;
  readonly times: (done: number, all: number) => string;
  readonly items: (count: number) => string;
  readonly took: Readonly<Record<"then" | "else", string>>;
}

/** Where a step stands: its path in the document, and rounds and items around it, outermost first. */
export interface Place {
  readonly path: string;
  readonly iterations: readonly number[];
}

export function placeOf(key: string): Place {
  const at = key.indexOf("[");
  if (at < 0) return { path: key, iterations: [] };
  return { path: key.slice(0, at), iterations: key.slice(at + 1, -1).split(",").map(Number) };
}

/** The newest attempt at each place. */
export function newestOf(steps: readonly Step[]): readonly Step[] {
  return [...new Map(steps.map((step) => [step.key, step])).values()];
}

/** Gives how the nodes stand that a run has come to, by their path. */
export function nodeStates(run: Run, words: Words): ReadonlyMap<string, NodeState> {
  const found = new Map<string, NodeState>();
  const steps = newestOf(run.steps);
  for (const [path, there] of grouped(steps)) found.set(path, together(there, words));
  for (const [path, there] of nested(steps)) if (!found.has(path)) found.set(path, together(there, words));
  const over = isOver(run);
  for (const construct of run.constructs) {
    const { path } = placeOf(construct.key);
    const look = construct.over ? "succeeded" : over ? "aborted" : "running";
    const count = construct.count ?? 0;
    const note =
      construct.kind === "branch" ? words.took[construct.side === "else" ? "else" : "then"] : construct.kind === "loop" ? words.round(count) : words.items(count);
    found.set(path, { look, words: note, note });
  }
  return found;
}

function grouped(steps: readonly Step[]): ReadonlyMap<string, readonly Step[]> {
  const found = new Map<string, Step[]>();
  for (const step of steps) {
    const { path } = placeOf(step.key);
    found.set(path, [...(found.get(path) ?? []), step]);
  }
  return found;
}

/** A workflow within the workflow stands as the steps in it do together. */
function nested(steps: readonly Step[]): ReadonlyMap<string, readonly Step[]> {
  const found = new Map<string, Step[]>();
  for (const step of steps) {
    const pieces = placeOf(step.key).path.split("/");
    for (let length = 1; length < pieces.length; length += 1) {
      const path = pieces.slice(0, length).join("/");
      if (/(^|\/)n\d+$/.test(path)) found.set(path, [...(found.get(path) ?? []), step]);
    }
  }
  return found;
}

const ORDER: readonly Look[] = ["asking", "unknown", "running", "failed", "aborted", "succeeded"];

function lookOf(step: Step): Look {
  if (step.waits) return "asking";
  if (step.state === "starting") return "running";
  return step.state === "failed" && step.passed_over ? "succeeded" : step.state;
}

/** What is at work or needs somebody comes before what is over. */
function together(steps: readonly Step[], words: Words): NodeState {
  const first = [...steps].sort((a, b) => ORDER.indexOf(lookOf(a)) - ORDER.indexOf(lookOf(b)) || b.number - a.number)[0];
  if (!first) return { look: "waiting", words: "" };
  const done = steps.filter((step) => lookOf(step) === "succeeded").length;
  const note = steps.length > 1 ? words.times(done, steps.length) : first.attempt > 1 ? words.attempt(first.attempt) : "";
  return {
    look: lookOf(first),
    words: stepWords(first).word,
    ...(lookOf(first) === "running" && typeof first.progress === "number" ? { progress: first.progress } : {}),
    ...(note ? { note } : {}),
  };
}
