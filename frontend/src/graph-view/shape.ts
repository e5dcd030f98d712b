/** What a thing on the canvas consists of: its title, its rows of ports, and how large that makes it. */
import { FILLED_IN, entry, nameOf, type Doc, type Node, type Source } from "../graph/document";
import { inputsOf, outputsOf, portsOf, type Library } from "../graph/library";
import { portOf, type Port } from "../graph/ports";
import { lanesOf } from "../graph/walking";
import { nameOfFrom, nameOfTo, type From, type To } from "../graph/wires";

/** A line of a box: at its left a value may go in, at its right one may come out. */
export interface Row {
  readonly to: To | null;
  readonly from: From | null;
  readonly label: string;
  readonly port: Port | null;
  readonly source: Source | null;
  /** The place where problems of it are told, seen from its node. */
  readonly place: string;
  /** Handles stand within the box, as they belong to what is inside of it. */
  readonly inner: "none" | "to" | "from";
  /** The platform fills it in by itself. */
  readonly filled: boolean;
}

/** What is drawn for a node: rows above its sequences, rows below. */
export interface Shape {
  readonly top: readonly Row[];
  readonly bottom: readonly Row[];
}

export interface Metrics {
  readonly width: number;
  readonly header: number;
  readonly row: number;
  readonly foot: number;
  readonly end: { readonly width: number; readonly height: number };
  readonly lane: { readonly label: number; readonly pad: number; readonly width: number; readonly height: number };
  /** Between things that are put beside each other. */
  readonly gap: { readonly x: number; readonly y: number };
}

/** The canvas of the editor: every port is there. */
export const FULL: Metrics = {
  width: 264, header: 38, row: 28, foot: 8, end: { width: 196, height: 44 },
  lane: { label: 26, pad: 20, width: 312, height: 132 }, gap: { x: 88, y: 36 },
};
/** A picture: boxes alone. */
export const SMALL: Metrics = {
  width: 156, header: 40, row: 0, foot: 0, end: { width: 120, height: 26 },
  lane: { label: 20, pad: 14, width: 184, height: 68 }, gap: { x: 44, y: 16 },
};

const NONE = { to: null, from: null, port: null, source: null, inner: "none", filled: false } as const;

/** Gives the rows of a node. `all`: also what the platform fills in. */
export function shapeOf(node: Node, library: Library, all: boolean): Shape {
  const uid = node.uid;
  switch (node.kind) {
    case "step":
    case "nested": {
      const known = portsOf(library, node) !== null;
      const row = (to: To | null, from: From | null, name: string, port: Port | null, filled = false): Row => ({
        ...NONE, to, from, port, filled, label: port && port.title !== "" ? port.title : name, place: name, source: to ? (entry(node.inputs, name) ?? null) : null,
      });
      const inputs = known ? inputsOf(library, node) : new Map<string, Port>();
      for (const name of Object.keys(node.inputs)) if (!inputs.has(name)) inputs.set(name, portOf({ name, required: false }));
      const outputs = known ? outputsOf(library, node) : new Map<string, Port>();
      for (const name of Object.keys(node.outputs)) if (!outputs.has(name)) outputs.set(name, portOf({ name }));
      const top: Row[] = [];
      for (const [name, port] of inputs) top.push(row({ kind: "port", uid, port: name }, null, name, port));
      if (all && node.kind === "step") {
        for (const name of FILLED_IN) {
          if (name === "serviceID" || inputs.has(name) || !Object.hasOwn(node.filled, name)) continue;
          top.push({ ...row({ kind: "port", uid, port: name }, null, name, null, true) });
        }
      }
      for (const [name, port] of outputs) top.push(row(null, { kind: "port", uid, port: name }, name, port));
      return { top, bottom: [] };
    }
    case "merge": {
      const to = (kind: "then" | "else", source: Source | null): Row => ({ ...NONE, to: { kind, uid, id: node.id }, label: kind, place: "", source });
      const out: Row = { ...NONE, from: node.id ? { kind: "own", uid, id: node.id } : null, label: node.id, place: "" };
      return { top: [to("then", node.then), to("else", node.otherwise), out], bottom: [] };
    }
    case "for-each":
      return {
        top: [
          { ...NONE, to: { kind: "over", uid }, label: "over", place: "over", source: node.over },
          { ...NONE, from: { kind: "own", uid, id: node.item }, label: node.item, place: node.item, inner: "from" },
        ],
        bottom: node.gathered.map((one) => ({
          ...NONE, to: { kind: "gathered", uid, id: one.id }, from: { kind: "own", uid, id: one.id }, label: one.id, place: one.id, source: one.source, inner: "to",
        })),
      };
    case "repeat":
      return {
        top: node.carried.map((one) => ({
          ...NONE, to: { kind: "first", uid, id: one.id }, from: { kind: "own", uid, id: one.id }, label: one.id, place: one.id, source: one.first,
        })),
        bottom: node.carried.map((one) => ({ ...NONE, to: { kind: "next", uid, id: one.id }, label: one.id, place: one.id, source: one.next, inner: "to" })),
      };
    case "branch":
      return {
        top: [],
        bottom: node.merged.flatMap((one): Row[] => [
          { ...NONE, to: { kind: "then", uid, id: one.id }, from: { kind: "own", uid, id: one.id }, label: one.id, place: one.id, source: one.then, inner: "to" },
          { ...NONE, to: { kind: "else", uid, id: one.id }, label: one.id, place: one.id, source: one.otherwise, inner: "to" },
        ]),
      };
    case "sequence":
    case "parallel":
      return { top: [], bottom: [] };
  }
}

/** Gives what people call a node, if it has a name or its service has a title; else the name in its URI. */
export function titleOf(node: Node, library: Library): string {
  if (node.kind === "sequence" || node.kind === "parallel" || node.kind === "branch" || node.kind === "repeat" || node.kind === "for-each") {
    return node.kind === "sequence" ? "" : node.name;
  }
  if (node.name !== "") return node.name;
  if (node.kind === "nested") return nameOf(node.workflow);
  const title = library.services.get(node.service)?.title ?? "";
  return title === "" ? nameOf(node.service).replace(/_Service$/, "") : title;
}

/** Gives the name of the handle at which a wire ends, or begins. */
export function handleOf(end: { to: To } | { from: From }): string {
  return "to" in end ? nameOfTo(end.to) : nameOfFrom(end.from);
}

/** Tells whether a construct's sequences have labels of their own. */
export function hasLaneLabels(node: Node): boolean {
  return node.kind === "branch" || node.kind === "parallel";
}

export function laneCount(node: Node): number {
  return lanesOf(node).length;
}

/** Gives the ends of all wires of a document, each with its id: from id to where it comes from. */
export function definersOf(doc: Doc, froms: Iterable<{ from: From; id: string }>): Map<string, From> {
  const found = new Map<string, From>();
  for (const end of [...doc.filled, ...doc.inputs]) if (end.id !== "") found.set(end.id, { kind: "end", uid: end.uid });
  for (const { from, id } of froms) if (!found.has(id)) found.set(id, from);
  return found;
}

