/** The ids of a document: who defines them, who uses them, and the same document with others. */
import { variablesOf, withVariables } from "./conditions";
import { isWire, type Doc, type Node, type Source, type Table } from "./document";
import { isConstruct, lanesOf, nodesOf, rebuilt, type Nodes } from "./walking";

type Change = (id: string) => string;

function sourceWith(source: Source, change: Change): Source {
  return isWire(source) ? { id: change(source.id) } : source;
}

function maybe(source: Source | null, change: Change): Source | null {
  return source && sourceWith(source, change);
}

function tableWith<T>(table: Table<T>, change: (value: T) => T): Table<T> {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, change(value)]));
}

/** Gives a node's own ids others, where it defines them and where it uses them; not what is inside of it. */
export function withIds(node: Node, change: Change): Node {
  switch (node.kind) {
    case "step":
    case "nested":
      return { ...node, inputs: tableWith(node.inputs, (source) => sourceWith(source, change)), outputs: tableWith(node.outputs, change) };
    case "merge":
      return { ...node, then: maybe(node.then, change), otherwise: maybe(node.otherwise, change), id: node.id && change(node.id) };
    case "sequence":
    case "parallel":
      return node;
    case "branch":
      return {
        ...node,
        condition: withVariables(node.condition, change),
        merged: node.merged.map((one) => ({ id: change(one.id), then: maybe(one.then, change), otherwise: maybe(one.otherwise, change) })),
      };
    case "repeat":
      return {
        ...node,
        condition: withVariables(node.condition, change),
        carried: node.carried.map((one) => ({ id: change(one.id), first: sourceWith(one.first, change), next: { id: change(one.next.id) } })),
      };
    case "for-each":
      return {
        ...node,
        over: sourceWith(node.over, change),
        item: change(node.item),
        gathered: node.gathered.map((one) => ({ id: change(one.id), source: sourceWith(one.source, change) })),
      };
  }
}

/** Gives every id of a document another, wherever it stands. */
export function renamedIds(doc: Doc, change: Change): Doc {
  const end = <T extends { readonly id: string }>(one: T): T => (one.id === "" ? one : { ...one, id: change(one.id) });
  return {
    ...doc,
    inputs: doc.inputs.map(end),
    filled: doc.filled.map(end),
    outputs: doc.outputs.map(end),
    body: rebuilt(doc.body, (node) => withIds(node, change)),
  };
}

/** Gives the ids that a node itself defines, those that are known inside only included. */
export function ownIds(node: Node): string[] {
  switch (node.kind) {
    case "step":
    case "nested":
      return Object.values(node.outputs);
    case "merge":
      return node.id === "" ? [] : [node.id];
    case "sequence":
    case "parallel":
      return [];
    case "branch":
      return node.merged.map((one) => one.id);
    case "repeat":
      return node.carried.map((one) => one.id);
    case "for-each":
      return [node.item, ...node.gathered.map((one) => one.id)];
  }
}

function wiresOf(sources: readonly (Source | null)[]): string[] {
  return sources.flatMap((one) => (isWire(one) ? [one.id] : []));
}

/** Gives the ids that a node itself uses. */
export function usedIds(node: Node): string[] {
  switch (node.kind) {
    case "step":
    case "nested":
      return wiresOf(Object.values(node.inputs));
    case "merge":
      return wiresOf([node.then, node.otherwise]);
    case "sequence":
    case "parallel":
      return [];
    case "branch":
      return [...variablesOf(node.condition), ...wiresOf(node.merged.flatMap((one) => [one.then, one.otherwise]))];
    case "repeat":
      return [...variablesOf(node.condition), ...wiresOf(node.carried.flatMap((one) => [one.first, one.next]))];
    case "for-each":
      return wiresOf([node.over, ...node.gathered.map((one) => one.source)]);
  }
}

/** Gives the ids that nodes define and use, whatever is inside of them included. */
export function idsIn(nodes: Nodes): { defined: Set<string>; used: Set<string> } {
  const defined = new Set<string>();
  const used = new Set<string>();
  for (const node of nodesOf(nodes)) {
    for (const id of ownIds(node)) defined.add(id);
    for (const id of usedIds(node)) used.add(id);
  }
  return { defined, used };
}

/** Gives every id that stands anywhere in a document. */
export function idsOf(doc: Doc): Set<string> {
  const { defined, used } = idsIn(doc.body);
  const found = new Set([...defined, ...used]);
  for (const end of [...doc.inputs, ...doc.filled, ...doc.outputs]) if (end.id !== "") found.add(end.id);
  for (const node of nodesOf(doc.body)) if ((node.kind === "step" || node.kind === "nested") && node.statusId !== "") found.add(node.statusId);
  return found;
}

/** Gives an id that nothing has yet: as the field's editors make them, `s3io2` or `main_input1`. */
export function freshId(taken: ReadonlySet<string>, start: string): string {
  for (let number = 1; ; number += 1) {
    const id = start.replace("#", String(number));
    if (!taken.has(id)) return id;
  }
}

/** What generated ids of a node begin with: its letter and its number among those that are counted with it. */
export function idStart(doc: Doc, node: Node): string {
  const letter = node.kind === "branch" ? "i" : node.kind === "repeat" ? "r" : node.kind === "for-each" ? "f" : "s";
  const like = (one: Node) => (letter === "s" ? !isConstruct(one) : one.kind === node.kind);
  let count = 0;
  for (const one of nodesOf(doc.body)) {
    if (like(one)) count += 1;
    if (one.uid === node.uid) break;
  }
  return `${letter}${count}io#`;
}

/** Tells whether anything but what defines it has to do with an id. */
export function isUsed(doc: Doc, id: string): boolean {
  return doc.outputs.some((one) => one.id === id) || idsIn(doc.body).used.has(id);
}

/** Gives the nodes without uids in them, for comparing. */
export function plainNodes(nodes: Nodes): unknown {
  return nodes.map((node) => ({ ...node, uid: "", lanes: lanesOf(node).map((lane) => plainNodes(lane.nodes)) }));
}
