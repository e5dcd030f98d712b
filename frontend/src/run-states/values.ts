/** What went through a document in a run: along its wires, and at the ports of its steps. */
import { entry, isWire, type Doc, type Node } from "../graph/document";
import { nodesOf, standingsOf } from "../graph/walking";
import { itemsOf } from "../inputs/rules";
import { fileName } from "../messages/words";
import { placeOf } from "./nodes";
import type { Run, Step } from "./states";

export interface RunValues {
  /** By the id of what gave them. */
  readonly wires: ReadonlyMap<string, string>;
  /** The newest run of each step, by its uid; of the last round or item. */
  readonly steps: ReadonlyMap<string, Step>;
}

/** Gives the values of a run, as far as it has told them. Of a loop it is the last round's. */
export function valuesOf(run: Run, doc: Doc): RunValues {
  const newest = new Map(run.steps.map((step) => [placeOf(step.key).path, step]));
  const steps = new Map<string, Step>();
  for (const { node, key } of standingsOf(doc.body).values()) {
    const step = newest.get(key);
    if (step) steps.set(node.uid, step);
  }
  const wires = new Map<string, string>();
  const tell = (id: string | undefined, value: string | undefined) => {
    if (id !== undefined && id !== "" && value !== undefined && !wires.has(id)) wires.set(id, value);
  };
  for (const end of doc.inputs) tell(end.id, entry(run.inputs, end.name));
  const nodes = [...nodesOf(doc.body)];
  for (const node of nodes) for (const [id, value] of given(node, steps.get(node.uid))) tell(id, value);
  // What a branch has merged or a for-each gathered, only who was given it can tell.
  for (const node of nodes) for (const [id, value] of taken(node, steps.get(node.uid))) tell(id, value);
  for (const end of doc.outputs) tell(end.id, entry(run.outputs, end.name));
  return { wires, steps };
}

/** The ids that a step gives a value to. */
export function given(node: Node, step: Step | undefined): [string, string][] {
  if (!step || node.kind !== "step") return [];
  return Object.entries(node.outputs).flatMap(([port, id]): [string, string][] => {
    const value = entry(step.outputs, port);
    return value === undefined ? [] : [[id, value]];
  });
}

function taken(node: Node, step: Step | undefined): [string, string][] {
  if (!step || node.kind !== "step") return [];
  return Object.entries(node.inputs).flatMap(([port, source]): [string, string][] => {
    const value = entry(step.inputs, port);
    return value === undefined || !isWire(source) ? [] : [[source.id, value]];
  });
}

const URI = /^[a-z][a-z0-9+.-]*:\/\/\S+$/;
/** Characters that are shown to who points at a value: it may have millions. */
const MOST_POINTED = 2000;
/** Longer ones are looked at only so far. */
const MOST_READ = 100_000;

/** Gives a value in a few signs: of a file its name, of a list how long it is and what it begins with. */
export function brief(value: string, most = 28): string {
  if (value.length > MOST_READ) return clipped(value.slice(0, MOST_READ).replace(/\s+/g, " ").trim(), most);
  if (URI.test(value)) return clipped(fileName(value), most);
  const items = value.startsWith("[") ? itemsOf(value) : null;
  if (items !== null && items.length > 0) return clipped(`${items.length}: ${items.slice(0, 4).map((one) => brief(one, 12)).join(", ")}`, most);
  return clipped(value.replace(/\s+/g, " ").trim(), most);
}

/** Gives a value for who points at it, or looks at it beside the canvas. */
export function pointed(value: string): string {
  return clipped(value, MOST_POINTED);
}

function clipped(words: string, most: number): string {
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
}
