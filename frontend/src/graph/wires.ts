/** The ends of wires as people see them: what a wire may begin and end at, and what is there now. */
import { entry, without, type Doc, type End, type Node, type Source, type Wire } from "./document";
import { freshId, idStart, idsOf } from "./ids";
import { nodeOf, rebuilt, within } from "./walking";
import { keyOf } from "./walking";

/** Where a value comes from: an input of the workflow, an output of a step, or what a construct defines. */
export type From =
  | { readonly kind: "end"; readonly uid: string }
  | { readonly kind: "port"; readonly uid: string; readonly port: string }
  | { readonly kind: "own"; readonly uid: string; readonly id: string };

/** Where a value goes to. */
export type To =
  | { readonly kind: "end"; readonly uid: string }
  | { readonly kind: "port"; readonly uid: string; readonly port: string }
  | { readonly kind: "over"; readonly uid: string }
  | { readonly kind: "then" | "else" | "first" | "next" | "gathered"; readonly uid: string; readonly id: string };

/** Names an end within its box. */
export function nameOfFrom(from: From): string {
  return from.kind === "end" ? "from" : from.kind === "port" ? `out:${from.port}` : `own:${from.id}`;
}

export function nameOfTo(to: To): string {
  switch (to.kind) {
    case "end":
      return "to";
    case "port":
      return `in:${to.port}`;
    case "over":
      return "over";
    default:
      return `${to.kind}:${to.id}`;
  }
}

export function fromNamed(uid: string, name: string): From | null {
  if (name === "from") return { kind: "end", uid };
  if (name.startsWith("out:")) return { kind: "port", uid, port: name.slice(4) };
  return name.startsWith("own:") ? { kind: "own", uid, id: name.slice(4) } : null;
}

export function toNamed(uid: string, name: string): To | null {
  if (name === "to") return { kind: "end", uid };
  if (name === "over") return { kind: "over", uid };
  if (name.startsWith("in:")) return { kind: "port", uid, port: name.slice(3) };
  for (const kind of ["then", "else", "first", "next", "gathered"] as const) {
    if (name.startsWith(`${kind}:`)) return { kind, uid, id: name.slice(kind.length + 1) };
  }
  return null;
}

function endOf(doc: Doc, uid: string): End | undefined {
  return [...doc.inputs, ...doc.filled, ...doc.outputs].find((one) => one.uid === uid);
}

/** Gives the id of an end; empty: it has none yet. */
export function idAt(doc: Doc, from: From): string {
  if (from.kind === "own") return from.id;
  if (from.kind === "end") return endOf(doc, from.uid)?.id ?? "";
  const node = nodeOf(doc, from.uid);
  return node && (node.kind === "step" || node.kind === "nested") ? (entry(node.outputs, from.port) ?? "") : "";
}

/** Gives what is at an end now; null: nothing. */
export function sourceAt(doc: Doc, to: To): Source | null {
  if (to.kind === "end") {
    const id = endOf(doc, to.uid)?.id ?? "";
    return id === "" ? null : { id };
  }
  const node = nodeOf(doc, to.uid);
  return node ? sourceIn(node, to) : null;
}

function sourceIn(node: Node, to: Exclude<To, { kind: "end" }>): Source | null {
  switch (to.kind) {
    case "port":
      return node.kind === "step" || node.kind === "nested" ? (entry(node.inputs, to.port) ?? null) : null;
    case "over":
      return node.kind === "for-each" ? node.over : null;
    case "then":
    case "else": {
      const holder = node.kind === "merge" ? node : node.kind === "branch" ? node.merged.find((one) => one.id === to.id) : undefined;
      return holder ? (to.kind === "then" ? holder.then : holder.otherwise) : null;
    }
    case "first":
      return node.kind === "repeat" ? (node.carried.find((one) => one.id === to.id)?.first ?? null) : null;
    case "next":
      return node.kind === "repeat" ? (node.carried.find((one) => one.id === to.id)?.next ?? null) : null;
    case "gathered":
      return node.kind === "for-each" ? (node.gathered.find((one) => one.id === to.id)?.source ?? null) : null;
  }
}

/** Tells whether a constant may stand at an end, as far as the form of documents is concerned. */
export function takesConstants(to: To): boolean {
  return to.kind !== "end" && to.kind !== "next";
}

/** Tells whether an end may be left without anything. */
export function mayBeEmpty(to: To): boolean {
  return to.kind === "end" || to.kind === "port" || to.kind === "then" || to.kind === "else";
}

/** Puts a source to an end; null takes away what is there, if the end may be empty. */
export function withSource(doc: Doc, to: To, source: Source | null): Doc {
  if (to.kind === "end") {
    const id = source && "id" in source ? source.id : "";
    return { ...doc, outputs: doc.outputs.map((one) => (one.uid === to.uid ? { ...one, id } : one)) };
  }
  return { ...doc, body: rebuilt(doc.body, (node) => (node.uid === to.uid ? nodeWith(node, to, source) : node)) };
}

function nodeWith(node: Node, to: Exclude<To, { kind: "end" }>, source: Source | null): Node {
  const listed = <T extends { readonly id: string }>(all: readonly T[], change: (one: T) => T): T[] =>
    all.map((one) => (one.id === ("id" in to ? to.id : "") ? change(one) : one));
  switch (to.kind) {
    case "port":
      if (node.kind !== "step" && node.kind !== "nested") return node;
      return { ...node, inputs: source ? { ...node.inputs, [to.port]: source } : without(node.inputs, to.port) };
    case "over":
      return node.kind === "for-each" ? { ...node, over: source ?? { value: "[]" } } : node;
    case "then":
    case "else": {
      const side = to.kind === "then" ? { then: source } : { otherwise: source };
      if (node.kind === "merge") return { ...node, ...side };
      return node.kind === "branch" ? { ...node, merged: listed(node.merged, (one) => ({ ...one, ...side })) } : node;
    }
    case "first":
      return node.kind === "repeat" && source ? { ...node, carried: listed(node.carried, (one) => ({ ...one, first: source })) } : node;
    case "next": {
      const next: Wire | null = source && "id" in source ? source : null;
      return node.kind === "repeat" && next ? { ...node, carried: listed(node.carried, (one) => ({ ...one, next })) } : node;
    }
    case "gathered":
      return node.kind === "for-each" && source ? { ...node, gathered: listed(node.gathered, (one) => ({ ...one, source })) } : node;
  }
}

/** Gives an end an id if it has none; gives the document and the id. */
export function identified(doc: Doc, from: From): { doc: Doc; id: string } {
  const known = idAt(doc, from);
  if (known !== "") return { doc, id: known };
  if (from.kind === "end") {
    const id = freshId(idsOf(doc), "main_input#");
    return { doc: { ...doc, inputs: doc.inputs.map((one) => (one.uid === from.uid ? { ...one, id } : one)) }, id };
  }
  const node = nodeOf(doc, from.uid);
  if (from.kind !== "port" || !node || (node.kind !== "step" && node.kind !== "nested")) return { doc, id: "" };
  const id = freshId(idsOf(doc), idStart(doc, node));
  const change = (one: Node): Node =>
    one.uid === node.uid && (one.kind === "step" || one.kind === "nested") ? { ...one, outputs: { ...one.outputs, [from.port]: id } } : one;
  return { doc: { ...doc, body: rebuilt(doc.body, change) }, id };
}

/** Gives the place that problems of an end are told at. */
export function placeOf(doc: Doc, to: To): string {
  if (to.kind === "end") return `outputs/${endOf(doc, to.uid)?.name ?? ""}`;
  const key = keyOf(doc, to.uid);
  if (to.kind === "port") return within(key, to.port);
  return to.kind === "over" ? within(key, "over") : within(key, to.id);
}

/** A wire that is there. */
export interface WireFound {
  readonly from: From;
  readonly to: To;
}

/** Gives every end of a node that a value may go to. */
export function tosOf(node: Node): To[] {
  const uid = node.uid;
  switch (node.kind) {
    case "step":
    case "nested":
      return Object.keys(node.inputs).map((port) => ({ kind: "port", uid, port }));
    case "merge":
      return [{ kind: "then", uid, id: node.id }, { kind: "else", uid, id: node.id }];
    case "branch":
      return node.merged.flatMap(({ id }): To[] => [{ kind: "then", uid, id }, { kind: "else", uid, id }]);
    case "repeat":
      return node.carried.flatMap(({ id }): To[] => [{ kind: "first", uid, id }, { kind: "next", uid, id }]);
    case "for-each":
      return [{ kind: "over", uid }, ...node.gathered.map(({ id }): To => ({ kind: "gathered", uid, id }))];
    case "sequence":
    case "parallel":
      return [];
  }
}

/** Gives every end of a node that an id comes from. */
export function fromsOf(node: Node): { from: From; id: string }[] {
  const uid = node.uid;
  if (node.kind === "step" || node.kind === "nested") {
    return Object.entries(node.outputs).map(([port, id]) => ({ from: { kind: "port", uid, port }, id }));
  }
  const ids = node.kind === "merge" ? (node.id ? [node.id] : []) : node.kind === "branch" ? node.merged.map((one) => one.id)
    : node.kind === "repeat" ? node.carried.map((one) => one.id) : node.kind === "for-each" ? [node.item, ...node.gathered.map((one) => one.id)] : [];
  return ids.map((id) => ({ from: { kind: "own", uid, id }, id }));
}
