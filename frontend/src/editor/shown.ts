/** A run as the canvas shows it: by the things on the canvas, which stay the same while the document is changed. */
import type { Doc } from "../graph/document";
import { nodeOf, standingsOf } from "../graph/walking";
import { text } from "../messages/en";
import { newestOf, nodeStates, type NodeState } from "../run-states/nodes";
import type { Run, Step } from "../run-states/states";
import { given, valuesOf } from "../run-states/values";

/** A run that is watched: of the draft, of one step alone, or one that was opened here. */
export interface Watched {
  readonly id: string;
  readonly what: "draft" | "step" | "run";
  /** The document as it was when the run was begun. */
  readonly doc: Doc;
  /** Of the workflow; 0 where there is none. */
  readonly version: number;
  /** The step that is tried. */
  readonly uid?: string;
}

export interface Shown {
  readonly run: Run;
  readonly watched: Watched;
  /** By uid. */
  readonly states: ReadonlyMap<string, NodeState>;
  /** By the id of the ends that gave them. */
  readonly values: ReadonlyMap<string, string>;
  /** The newest run of each step, by uid. */
  readonly steps: ReadonlyMap<string, Step>;
}

export function shownOf(run: Run, watched: Watched): Shown {
  return watched.what === "step" ? alone(run, watched) : whole(run, watched);
}

function whole(run: Run, watched: Watched): Shown {
  const byKey = nodeStates(run, text.runs);
  const states = new Map<string, NodeState>();
  for (const { node, key } of standingsOf(watched.doc.body).values()) {
    const state = byKey.get(key);
    if (state) states.set(node.uid, state);
  }
  const { wires, steps } = valuesOf(run, watched.doc);
  return { run, watched, states, values: wires, steps };
}

/** The only step of a trial stands for the one on the canvas. */
function alone(run: Run, watched: Watched): Shown {
  const uid = watched.uid ?? "";
  const [step] = newestOf(run.steps);
  const state = step && nodeStates(run, text.runs).get(step.key);
  const node = nodeOf(watched.doc, uid);
  return {
    run,
    watched,
    states: new Map(state ? [[uid, state]] : []),
    values: new Map(node ? given(node, step) : []),
    steps: new Map(step ? [[uid, step]] : []),
  };
}
