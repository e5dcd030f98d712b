/** Walking through the body of a document, and the keys of what stands in it. */
import { isWire, type Branch, type Construct, type Doc, type Merge, type Node, type Source } from "./document";

export type Nodes = readonly Node[];

/** A sequence of a construct: `piece` is what its key has in addition. */
export interface Lane {
  readonly piece: string;
  readonly nodes: Nodes;
}

const LETTERS = {
  step: "s", merge: "s", sequence: "q", parallel: "p", branch: "i", repeat: "r", "for-each": "f", nested: "n",
} as const satisfies Record<Node["kind"], string>;

export function within(parent: string, piece: string): string {
  return parent === "" ? piece : piece === "" ? parent : `${parent}/${piece}`;
}

export function isConstruct(node: Node): node is Construct {
  return node.kind !== "step" && node.kind !== "nested" && node.kind !== "merge";
}

/** Gives the sequences that a node consists of; none for what has no inside. */
export function lanesOf(node: Node): readonly Lane[] {
  switch (node.kind) {
    case "step":
    case "merge":
    case "nested":
      return [];
    case "sequence":
      return [{ piece: "", nodes: node.nodes }];
    case "parallel":
      return node.branches.map((nodes, index) => ({ piece: `b${index + 1}`, nodes }));
    case "branch":
      return [{ piece: "then", nodes: node.then }, { piece: "else", nodes: node.otherwise }];
    case "repeat":
    case "for-each":
      return [{ piece: "", nodes: node.body }];
  }
}

/** Gives a node with other sequences; there have to be as many as before. */
export function withLanes(node: Node, lanes: readonly Nodes[]): Node {
  switch (node.kind) {
    case "step":
    case "merge":
    case "nested":
      return node;
    case "sequence":
      return { ...node, nodes: lanes[0] ?? [] };
    case "parallel":
      return { ...node, branches: lanes };
    case "branch":
      return { ...node, then: lanes[0] ?? [], otherwise: lanes[1] ?? [] };
    case "repeat":
    case "for-each":
      return { ...node, body: lanes[0] ?? [] };
  }
}

/** Gives every node, what is inside of one after it: the order of the document. */
export function* nodesOf(nodes: Nodes): Generator<Node> {
  for (const node of nodes) {
    yield node;
    for (const lane of lanesOf(node)) yield* nodesOf(lane.nodes);
  }
}

/** Changes every node, from the inside to the outside. What is not changed stays the same object. */
export function rebuilt(nodes: Nodes, change: (node: Node) => Node): Nodes {
  const made = nodes.map((node) => {
    const lanes = lanesOf(node);
    const inner = lanes.map((lane) => rebuilt(lane.nodes, change));
    const touched = lanes.some((lane, index) => lane.nodes !== inner[index]);
    return change(touched ? withLanes(node, inner) : node);
  });
  return made.every((node, index) => node === nodes[index]) ? nodes : made;
}

/** Where a node stands. */
export interface Standing {
  readonly node: Node;
  readonly key: string;
  /** The construct around it; null: the document. */
  readonly parent: Construct | null;
  readonly lane: number;
  readonly index: number;
}

const standings = new WeakMap<Nodes, ReadonlyMap<string, Standing>>();

/** Tells where every node of a body stands, by its uid, in the order of the document. */
export function standingsOf(body: Nodes): ReadonlyMap<string, Standing> {
  const known = standings.get(body);
  if (known) return known;
  const found = new Map<string, Standing>();
  const walk = (nodes: Nodes, key: string, parent: Construct | null, lane: number) => {
    const counts: Record<string, number> = {};
    nodes.forEach((node, index) => {
      const letter = LETTERS[node.kind];
      const count = (counts[letter] = (counts[letter] ?? 0) + 1);
      const own = within(key, `${letter}${count}`);
      found.set(node.uid, { node, key: own, parent, lane, index });
      if (isConstruct(node)) lanesOf(node).forEach((inner, number) => walk(inner.nodes, within(own, inner.piece), node, number));
    });
  };
  walk(body, "", null, 0);
  standings.set(body, found);
  return found;
}

/** Gives the key of a node. */
export function keyOf(doc: Pick<Doc, "body">, uid: string): string {
  return standingsOf(doc.body).get(uid)?.key ?? "";
}

export function nodeOf(doc: Pick<Doc, "body">, uid: string): Node | undefined {
  return standingsOf(doc.body).get(uid)?.node;
}

/** Tells whether a node is inside of another one. */
export function isInside(doc: Pick<Doc, "body">, uid: string, outer: string): boolean {
  const all = standingsOf(doc.body);
  for (let at = all.get(uid)?.parent ?? null; at; at = all.get(at.uid)?.parent ?? null) if (at.uid === outer) return true;
  return false;
}

/** Gives the ids that a sequence defines for what comes after it. */
export function idsDefinedIn(nodes: Nodes): Set<string> {
  const found = new Set<string>();
  for (const node of nodes) for (const id of idsDefinedBy(node)) found.add(id);
  return found;
}

/** Gives the ids that a node defines for what comes after it. */
export function idsDefinedBy(node: Node): Set<string> {
  switch (node.kind) {
    case "step":
    case "nested":
      return new Set(Object.values(node.outputs));
    case "merge":
      return new Set(node.id ? [node.id] : []);
    case "for-each":
      return new Set(node.gathered.map((one) => one.id));
    case "branch":
    case "repeat":
    case "parallel":
    case "sequence": {
      const found = new Set<string>();
      for (const lane of lanesOf(node)) for (const id of idsDefinedIn(lane.nodes)) found.add(id);
      if (node.kind === "branch") for (const one of node.merged) found.add(one.id);
      if (node.kind === "repeat") for (const one of node.carried) found.add(one.id);
      return found;
    }
  }
}

/** Tells for every merge the uid of the branch that it belongs to, if there is one. */
export function branchesOfMerges(body: Nodes): Map<string, string> {
  const found = new Map<string, string>();
  const look = (nodes: Nodes) => {
    const before: Branch[] = [];
    for (const node of nodes) {
      if (node.kind === "branch") before.unshift(node);
      else if (node.kind === "merge" && before[0]) {
        found.set(node.uid, (before.find((branch) => feeds(branch, node)) ?? before[0]).uid);
      }
      for (const lane of lanesOf(node)) look(lane.nodes);
    }
  };
  look(body);
  return found;
}

function feeds(branch: Branch, merge: Merge): boolean {
  return defines(branch.then, merge.then) || defines(branch.otherwise, merge.otherwise);
}

function defines(nodes: Nodes, source: Source | null): boolean {
  return isWire(source) && idsDefinedIn(nodes).has(source.id);
}

/** Tells how deep a node stands, by its key; one of the body stands one deep. */
export function levelOf(key: string): number {
  return key.split("/").filter((piece) => "sqpirfn".includes(piece.charAt(0)) && piece !== "").length;
}
