/** Changes of a document, each a function from document to document. */
import { isWire, newUid, type Doc, type End, type Node, type Point, type Source } from "./document";
import { freshId, idsIn, idsOf, idStart, renamedIds } from "./ids";
import { nodesAt, withNodesAt, type LaneAt } from "./order";
import { isInside, lanesOf, nodeOf, nodesOf, rebuilt, withLanes, type Nodes } from "./walking";
import { idAt, identified, mayBeEmpty, sourceAt, tosOf, withSource, type From, type To } from "./wires";

/** Puts a node into a sequence; without an index to its end. */
export function added(doc: Doc, at: LaneAt, node: Node, index?: number): Doc {
  return withNodesAt(doc, at, (nodes) => nodes.toSpliced(index ?? nodes.length, 0, node));
}

/** Changes a node. */
export function changed(doc: Doc, uid: string, change: (node: Node) => Node): Doc {
  const body = rebuilt(doc.body, (node) => (node.uid === uid ? change(node) : node));
  return body === doc.body ? doc : { ...doc, body };
}

/** Calls a node something, or writes a remark about it. */
export function labelled(doc: Doc, uid: string, label: { name?: string; note?: string }): Doc {
  return changed(doc, uid, (node) => (node.kind === "sequence" ? node : { ...node, ...label }));
}

function everyNode(nodes: Nodes, drop: ReadonlySet<string>): Nodes {
  if (!nodes.some((node) => drop.has(node.uid) || lanesOf(node).length > 0)) return nodes;
  return nodes.filter((node) => !drop.has(node.uid)).map((node) => {
    const lanes = lanesOf(node);
    return lanes.length === 0 ? node : withLanes(node, lanes.map((lane) => everyNode(lane.nodes, drop)));
  });
}

/** Takes nodes, workflow inputs and outputs away, and the wires that came from them. */
export function removed(doc: Doc, uids: readonly string[]): Doc {
  const drop = new Set(uids);
  const keeps = (end: End) => !drop.has(end.uid);
  const body = everyNode(doc.body, drop);
  const gone = idsIn(doc.body).defined;
  for (const id of idsIn(body).defined) gone.delete(id);
  for (const end of doc.inputs) if (drop.has(end.uid) && end.id !== "") gone.add(end.id);
  for (const end of doc.inputs) if (!drop.has(end.uid)) gone.delete(end.id);
  const owners = new Set([...nodesOf(body)].map((node) => node.uid));
  const lost = (owner: string) => owner !== "" && !owners.has(owner);
  const made: Doc = {
    ...doc,
    body,
    inputs: doc.inputs.filter(keeps),
    outputs: doc.outputs.filter(keeps),
    spots: doc.spots.filter((one) => !lost(one.owner)),
    unknown: doc.unknown.filter((one) => !lost(one.owner)),
  };
  return unwiredFrom(made, gone);
}

/** Takes away the wires that come from ids, where a place may be empty; elsewhere the id stays, as a problem. */
function unwiredFrom(doc: Doc, gone: ReadonlySet<string>): Doc {
  if (gone.size === 0) return doc;
  const isGone = (source: Source | null) => isWire(source) && gone.has(source.id);
  let made: Doc = { ...doc, outputs: doc.outputs.map((one) => (gone.has(one.id) ? { ...one, id: "" } : one)) };
  for (const node of nodesOf(doc.body)) {
    for (const to of tosOf(node)) if (mayBeEmpty(to) && isGone(sourceAt(doc, to))) made = withSource(made, to, null);
  }
  return made;
}

/** Moves a node to a place in a sequence; `index` counts the nodes that are there without it. A node cannot move into itself. */
export function moved(doc: Doc, uid: string, at: LaneAt, index: number, point?: Point | null): Doc {
  const node = nodeOf(doc, uid);
  if (!node || at.parent === uid || (at.parent !== null && isInside(doc, at.parent, uid))) return doc;
  const placed = point === undefined ? node : { ...node, at: point };
  const rest: Doc = { ...doc, body: everyNode(doc.body, new Set([uid])) };
  const most = nodesAt(rest, at).length;
  return added(rest, at, placed, Math.max(0, Math.min(index, most)));
}

/** Says where the canvas shows things: by uid. */
export function placedAt(doc: Doc, points: ReadonlyMap<string, Point | null>): Doc {
  const place = <T extends { readonly uid: string; readonly at: Point | null }>(one: T): T => {
    const at = points.get(one.uid);
    return at === undefined ? one : { ...one, at };
  };
  return {
    ...doc,
    inputs: doc.inputs.map(place),
    outputs: doc.outputs.map(place),
    filled: doc.filled.map(place),
    body: rebuilt(doc.body, place),
  };
}

/** Wires two ends; whatever was at the second one is replaced. */
export function wired(doc: Doc, from: From, to: To): Doc {
  const found = identified(doc, from);
  return found.id === "" ? doc : withSource(found.doc, to, { id: found.id });
}

/** Takes away what is at an end, wire or constant. */
export function unwired(doc: Doc, to: To): Doc {
  return mayBeEmpty(to) ? withSource(doc, to, null) : doc;
}

/** Writes a constant at an end. */
export function withConstant(doc: Doc, to: To, value: string): Doc {
  return withSource(doc, to, { value });
}

/** Gives an end's value an id of its author's choice, wherever it stands; one that is taken already changes nothing. */
export function withIdRenamed(doc: Doc, id: string, next: string): Doc {
  if (next === "" || id === "" || next === id || idsOf(doc).has(next)) return doc;
  return renamedIds(doc, (one) => (one === id ? next : one));
}

/** Gives a name that no input, or no output, has yet. */
export function freshName(ends: readonly End[], wish: string): string {
  const base = wish.replace(/[^A-Za-z0-9_.-]+/g, "_").replace(/^[.-]+/, "").slice(0, 90) || "value";
  const taken = new Set(ends.map((end) => end.name));
  if (!taken.has(base)) return base;
  for (let number = 2; ; number += 1) if (!taken.has(`${base}${number}`)) return `${base}${number}`;
}

export function withInput(doc: Doc, wish: string, at: Point | null = null): { doc: Doc; uid: string } {
  const uid = newUid();
  const input = { uid, at, name: freshName([...doc.inputs, ...doc.filled], wish), id: freshId(idsOf(doc), "main_input#") };
  return { doc: { ...doc, inputs: [...doc.inputs, input] }, uid };
}

export function withOutput(doc: Doc, wish: string, at: Point | null = null): { doc: Doc; uid: string } {
  const uid = newUid();
  return { doc: { ...doc, outputs: [...doc.outputs, { uid, at, name: freshName(doc.outputs, wish), id: "" }] }, uid };
}

/** Calls a workflow input or output something else. */
export function withEndNamed(doc: Doc, uid: string, name: string): Doc {
  const rename = (end: End) => (end.uid === uid ? { ...end, name } : end);
  return { ...doc, inputs: doc.inputs.map(rename), outputs: doc.outputs.map(rename) };
}

/** Moves a workflow input or output up or down among its like: the order in which forms show them. */
export function withEndMoved(doc: Doc, uid: string, by: number): Doc {
  const shift = (ends: readonly End[]) => {
    const index = ends.findIndex((end) => end.uid === uid);
    const end = ends[index];
    if (!end) return ends;
    const next = Math.max(0, Math.min(ends.length - 1, index + by));
    return ends.toSpliced(index, 1).toSpliced(next, 0, end);
  };
  return { ...doc, inputs: shift(doc.inputs), outputs: shift(doc.outputs) };
}

/** Lets a construct define one more value: merged, carried or gathered. */
export function withValue(doc: Doc, uid: string): { doc: Doc; id: string } {
  const node = nodeOf(doc, uid);
  if (!node || (node.kind !== "branch" && node.kind !== "repeat" && node.kind !== "for-each")) return { doc, id: "" };
  const id = freshId(idsOf(doc), idStart(doc, node));
  const made = changed(doc, uid, (one) => {
    if (one.kind === "branch") return { ...one, merged: [...one.merged, { id, then: null, otherwise: null }] };
    if (one.kind === "repeat") return { ...one, carried: [...one.carried, { id, first: { value: "" }, next: { id } }] };
    return one.kind === "for-each" ? { ...one, gathered: [...one.gathered, { id, source: { value: "" } }] } : one;
  });
  return { doc: made, id };
}

/** Takes away a value that a construct defines, and the wires that come from it. */
export function withoutValue(doc: Doc, uid: string, id: string): Doc {
  const other = (one: { readonly id: string }) => one.id !== id;
  const made = changed(doc, uid, (one) => {
    if (one.kind === "branch") return { ...one, merged: one.merged.filter(other) };
    if (one.kind === "repeat") return { ...one, carried: one.carried.filter(other) };
    return one.kind === "for-each" ? { ...one, gathered: one.gathered.filter(other) } : one;
  });
  return made === doc ? doc : unwiredFrom(made, new Set([id]));
}

/** Gives a parallel one more sequence, or one less; what was in it goes with it. */
export function withBranches(doc: Doc, uid: string, change: "add" | number): Doc {
  const node = nodeOf(doc, uid);
  if (node?.kind !== "parallel") return doc;
  if (change === "add") return changed(doc, uid, (one) => (one.kind === "parallel" ? { ...one, branches: [...one.branches, []] } : one));
  const cleared = removed(doc, (node.branches[change] ?? []).map((one) => one.uid));
  return changed(cleared, uid, (one) => (one.kind === "parallel" ? { ...one, branches: one.branches.toSpliced(change, 1) } : one));
}

/** Gives the ends that a wire from an end goes to now. */
export function goesTo(doc: Doc, from: From): To[] {
  const id = idAt(doc, from);
  if (id === "") return [];
  const ends: To[] = doc.outputs.filter((one) => one.id === id).map(({ uid }) => ({ kind: "end", uid }));
  for (const node of nodesOf(doc.body)) {
    for (const to of tosOf(node)) {
      const source = sourceAt(doc, to);
      if (isWire(source) && source.id === id) ends.push(to);
    }
  }
  return ends;
}
