/** What the page of a run brings to the front. */
import type { Schemas } from "../../../api/client";
import { entry } from "../../../graph/document";
import { isOver, stateWords, stepIsOver, type Run, type Step, type Tone } from "../../../run-states/states";

export type { Run, Step };
export type Message = Schemas["MessageAnswer"];
export type Port = Schemas["PortAnswer"] & { readonly name: string };

/** More pages side by side than this are chosen one by one. */
export const MOST_PAGES = 6;

/**
 * Tells whose status pages are shown: the chosen step's, else those of all who wait for an answer or
 * go on, else the last one.
 */
export function shownSteps(run: Run, chosen: number | null): readonly Step[] {
  const withPage = run.steps.filter((step) => step.page_tag !== "");
  const wanted = withPage.find((step) => step.number === chosen);
  if (wanted) return [wanted];
  const going = isOver(run) ? [] : withPage.filter((step) => !stepIsOver(step));
  // Who is asked must not have to look for it beside what goes on.
  const asking = going.filter((step) => step.waits);
  if (going.length > 0) return [...asking, ...going.filter((step) => !step.waits)].slice(0, MOST_PAGES);
  // What was answered must not look as if it were asked again.
  return withPage.filter((step) => step.kind !== "application").slice(-1);
}

/** The steps that can be told something now. */
export function listening(run: Run): readonly Step[] {
  if (run.state !== "running" && run.state !== "undecided") return [];
  return run.steps.filter((step) => step.hears && step.state === "running");
}

/** The steps that wait for a person's decision. */
export function undecided(run: Run): readonly Step[] {
  const newest = new Map(run.steps.map((step) => [step.key, step.number]));
  return run.steps.filter((step) => step.state === "unknown" && newest.get(step.key) === step.number);
}

/** Whether somebody with these rights may do it again, or go on with it: a trial takes the right to develop. */
export function mayRepeat(run: Run, rights: readonly string[] | undefined): boolean {
  return (rights?.includes("run") ?? false) && (run.trial === null || (rights?.includes("develop") ?? false));
}

/** Whether a run can be gone on with where it has ended. */
export function isResumable(run: Run): boolean {
  return run.state === "failed" || run.state === "aborted";
}

const SIGNS: Readonly<Record<Tone, string>> = { idle: "…", busy: "", ask: "❓", good: "✓", bad: "✗", off: "✗" };

/** How a run stands, for the title of the tab: that somebody is asked comes before how far it is. */
export function titleOf(run: Run): string {
  const name = run.title || run.workflow;
  const sign = SIGNS[stateWords(run).tone];
  if (sign) return `${sign} ${name}`;
  const progress = run.steps.findLast((step) => !stepIsOver(step))?.progress;
  return typeof progress === "number" ? `${Math.floor(progress)} % · ${name}` : name;
}

const SUMMARY = 2;
const SHORT = 24;
const LONG_TYPES = new Set(["file", "folder", "text", "secret"]);

/** The first results that fit on a line. */
export function summaryOf(run: Run): readonly { port: Port; value: string }[] {
  return (run.output_ports as Port[])
    .map((port) => ({ port, value: entry(run.outputs, port.name) ?? "" }))
    .filter(({ port, value }) => !port.many && !LONG_TYPES.has(port.type ?? "string") && value !== "" && value.length <= SHORT)
    .slice(0, SUMMARY);
}
