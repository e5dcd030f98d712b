/** The order in which things run: what has to come before what. */
import type { Doc, Node } from "./document";
import { idsIn } from "./ids";
import { idsDefinedBy, isInside, lanesOf, nodesOf, rebuilt, standingsOf, withLanes, type Nodes } from "./walking";

/** A sequence of the document: the construct that it belongs to (null: the document) and which of its sequences. */
export interface LaneAt {
  readonly parent: string | null;
  readonly lane: number;
}

/** Gives the nodes of a sequence. */
export function nodesAt(doc: Doc, at: LaneAt): Nodes {
  if (at.parent === null) return doc.body;
  const node = standingsOf(doc.body).get(at.parent)?.node;
  return (node && lanesOf(node)[at.lane]?.nodes) ?? [];
}

/** Changes the nodes of a sequence. */
export function withNodesAt(doc: Doc, at: LaneAt, change: (nodes: Nodes) => Nodes): Doc {
  if (at.parent === null) return { ...doc, body: change(doc.body) };
  const body = rebuilt(doc.body, (node) => {
    if (node.uid !== at.parent) return node;
    return withLanes(node, lanesOf(node).map((lane, index) => (index === at.lane ? change(lane.nodes) : lane.nodes)));
  });
  return { ...doc, body };
}

/** Gives the sequence in which a node stands. */
export function laneOf(doc: Doc, uid: string): LaneAt {
  const standing = standingsOf(doc.body).get(uid);
  return { parent: standing?.parent?.uid ?? null, lane: standing?.lane ?? 0 };
}

/** Gives every sequence in which a node could stand, in the order of the document: not those inside of itself. */
export function lanesFor(doc: Doc, uid: string): readonly LaneAt[] {
  const found: LaneAt[] = [{ parent: null, lane: 0 }];
  for (const node of nodesOf(doc.body)) {
    if (node.uid === uid || isInside(doc, node.uid, uid)) continue;
    lanesOf(node).forEach((_, lane) => found.push({ parent: node.uid, lane }));
  }
  return found;
}

/** Gives the sequence that two nodes have in common, and the nodes of it that they are or stand in. */
export function meetingOf(doc: Doc, one: string, other: string): { lane: LaneAt; one: string; other: string } | null {
  const standings = standingsOf(doc.body);
  const way = (uid: string) => {
    const found: { lane: LaneAt; uid: string }[] = [];
    for (let at = standings.get(uid); at; at = at.parent ? standings.get(at.parent.uid) : undefined) {
      found.push({ lane: { parent: at.parent?.uid ?? null, lane: at.lane }, uid: at.node.uid });
    }
    return found;
  };
  const others = way(other);
  for (const mine of way(one)) {
    const met = others.find((its) => its.lane.parent === mine.lane.parent && its.lane.lane === mine.lane.lane);
    if (met) return { lane: mine.lane, one: mine.uid, other: met.uid };
  }
  return null;
}

/** Puts the nodes of a sequence into an order in which everything is there when it is needed; what need not move stays. Null: they wait for each other. */
export function sorted(nodes: Nodes): Nodes | null {
  const definers = new Map<string, Node>();
  for (const node of nodes) for (const id of idsDefinedBy(node)) if (!definers.has(id)) definers.set(id, node);
  const needs = new Map<Node, Set<Node>>();
  for (const node of nodes) {
    const found = new Set<Node>();
    for (const id of idsIn([node]).used) {
      const definer = definers.get(id);
      if (definer && definer !== node) found.add(definer);
    }
    needs.set(node, found);
  }
  const made: Node[] = [];
  const done = new Set<Node>();
  while (made.length < nodes.length) {
    const next = nodes.find((node) => !done.has(node) && [...(needs.get(node) ?? [])].every((need) => done.has(need)));
    if (!next) return null;
    done.add(next);
    made.push(next);
  }
  return made.every((node, index) => node === nodes[index]) ? nodes : made;
}
