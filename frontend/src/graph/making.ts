/** New nodes. */
import {
  EXTRA_PARAMETERS, MOST_ROUNDS, OPEN_ID, RETRY_PAUSE, SERVICE_ID, SESSION_TOKEN, WIDTH, newUid,
  type Branch, type Condition, type Doc, type ForEach, type Nested, type Node, type Parallel, type Point, type Repeat, type Step,
} from "./document";
import { freshId, idsOf } from "./ids";
import type { Service } from "./library";
import { lanesOf, nodesOf, withLanes } from "./walking";
import { laneOf, nodesAt, withNodesAt } from "./order";

export const CONSTRUCTS = ["branch", "repeat", "for-each", "parallel"] as const;
export type ConstructKind = (typeof CONSTRUCTS)[number];

function named(at: Point | null) {
  return { uid: newUid(), at, name: "", note: "" };
}

export function newStep(service: Pick<Service, "uri" | "kind">, at: Point | null = null): Step {
  const filled: Record<string, string> = service.kind === "synchronous" ? {} : { [SERVICE_ID]: "", [SESSION_TOKEN]: SESSION_TOKEN };
  return {
    ...named(at), kind: "step", service: service.uri, inputs: {}, outputs: {}, filled, statusId: "", timeOut: null, retries: 0,
    retryPause: RETRY_PAUSE, onFailure: null, repeatable: false,
  };
}

export function newNested(workflow: string, at: Point | null = null): Nested {
  return { ...named(at), kind: "nested", workflow, inputs: {}, outputs: {}, filled: {}, statusId: "" };
}

/** A condition that nobody has thought about yet; the rules will say so. */
export const OPEN: Condition = { kind: "compare", comparison: "greaterThan", left: { id: OPEN_ID }, right: { type: "integer", text: "0" } };

export function newConstruct(doc: Doc, kind: ConstructKind, at: Point | null = null): Branch | Repeat | ForEach | Parallel {
  switch (kind) {
    case "branch":
      return { ...named(at), kind, condition: OPEN, then: [], otherwise: [], merged: [] };
    case "repeat":
      return { ...named(at), kind, body: [], condition: OPEN, askFirst: false, carried: [], most: MOST_ROUNDS };
    case "for-each": {
      const loops = [...nodesOf(doc.body)].filter((node) => node.kind === "for-each").length + 1;
      return { ...named(at), kind, body: [], over: { value: "[]" }, item: freshId(idsOf(doc), `f${loops}io#`), width: WIDTH, gathered: [] };
    }
    case "parallel":
      return { ...named(at), kind, branches: [[], []] };
  }
}

/** Puts nodes of one sequence into a new construct that takes their place: into its first sequence, a parallel's each into one of its own. */
export function wrapped(doc: Doc, uids: readonly string[], kind: ConstructKind): { doc: Doc; uid: string } {
  const first = uids[0];
  if (first === undefined) return { doc, uid: "" };
  const lane = laneOf(doc, first);
  const chosen = nodesAt(doc, lane).filter((node) => uids.includes(node.uid));
  const made = newConstruct(doc, kind, chosen[0]?.at ?? null);
  const apart = chosen.map((node): Node => ({ ...node, at: null }));
  const filled = made.kind === "parallel"
    ? { ...made, branches: apart.length > 1 ? apart.map((node) => [node]) : [apart, []] }
    : withLanes(made, lanesOf(made).map((_, index) => (index === 0 ? apart : [])));
  const changed = withNodesAt(doc, lane, (nodes) => {
    const index = nodes.findIndex((node) => node === chosen[0]);
    return nodes.filter((node) => !chosen.includes(node)).toSpliced(index, 0, filled);
  });
  return { doc: changed, uid: made.uid };
}

/** Takes a construct away and leaves what is inside of it in its place. */
export function unwrapped(doc: Doc, uid: string): Doc {
  const lane = laneOf(doc, uid);
  return withNodesAt(doc, lane, (nodes) =>
    nodes.flatMap((node) => (node.uid === uid ? lanesOf(node).flatMap((inner) => inner.nodes.map((one): Node => ({ ...one, at: null }))) : [node])),
  );
}

/** What the platform knows by itself: whether a document has an input for it. */
export function knowsFilled(doc: Doc, name: typeof SESSION_TOKEN | typeof EXTRA_PARAMETERS): boolean {
  return doc.filled.some((end) => end.name === name && end.id !== "");
}
