/** From the document and its layout to what the canvas library draws. */
import type { Edge, Node as FlowNode } from "@xyflow/react";
import { createElement, Fragment, type ReactNode } from "react";
import { isWire, type Doc } from "../graph/document";
import { variablesOf } from "../graph/conditions";
import { nodesOf } from "../graph/walking";
import { fromsOf, nameOfFrom, nameOfTo, sourceAt, tosOf } from "../graph/wires";
import { brief, pointed } from "../run-states/values";
import type { Box, Layout } from "../graph-view/layout";
import { definersOf } from "../graph-view/shape";

function nodeOfBox(box: Box): FlowNode {
  const type = box.node === null ? "end" : box.lanes.length > 0 ? "container" : "step";
  return {
    id: box.uid,
    type,
    position: { x: box.x, y: box.y },
    width: box.width,
    height: box.height,
    data: {},
    dragHandle: ".drag",
    ...(box.parent === null ? {} : { parentId: box.parent }),
  };
}

/**
 * Gives the nodes of the canvas; those whose box has not changed stay the same objects. One that somebody
 * is dragging stays in their hand.
 */
export function flowNodes(layout: Layout, chosen: ReadonlySet<string>, before: readonly FlowNode[]): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  return [...layout.boxes.values()].map((box) => {
    const made = nodeOfBox(box);
    const old = known.get(box.uid);
    const selected = chosen.has(box.uid);
    if (!old) return { ...made, selected };
    const same = old.position.x === made.position.x && old.position.y === made.position.y && old.width === made.width && old.height === made.height &&
      old.parentId === made.parentId && old.type === made.type;
    if (same || old.dragging) return (old.selected ?? false) === selected ? old : { ...old, selected };
    return { ...made, selected, ...(old.measured && old.width === made.width && old.height === made.height ? { measured: old.measured } : {}) };
  });
}

/** The value in a few signs; all of it for who points at it. */
function labelOf(value: string): ReactNode {
  return createElement(Fragment, null, createElement("title", null, pointed(value)), brief(value));
}

/** Gives the wires of the canvas, with the values of a run on them; those that have not changed stay the same objects. */
export function flowEdges(doc: Doc, layout: Layout, values: ReadonlyMap<string, string> | undefined, before: Edge[] = []): Edge[] {
  const definers = definersOf(doc, [...nodesOf(doc.body)].flatMap(fromsOf));
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const edges: Edge[] = [];
  const draw = (id: string, target: string, targetHandle: string, className = "") => {
    const from = definers.get(id);
    if (!from || !layout.boxes.has(from.uid) || !layout.boxes.has(target)) return;
    const sourceHandle = nameOfFrom(from);
    const value = values?.get(id);
    const name = JSON.stringify([from.uid, sourceHandle, target, targetHandle]);
    const old = known.get(name);
    // Whatever else there is of a wire stands in its name.
    if (old?.className === className && old.data?.value === value) edges.push(old);
    else edges.push({ id: name, source: from.uid, sourceHandle, target, targetHandle, className, data: { value }, ...(value === undefined ? {} : { label: labelOf(value) }) });
  };
  for (const node of nodesOf(doc.body)) {
    for (const to of tosOf(node)) {
      const source = sourceAt(doc, to);
      if (isWire(source)) draw(source.id, node.uid, nameOfTo(to));
    }
    if (node.kind === "branch" || node.kind === "repeat") for (const id of new Set(variablesOf(node.condition))) draw(id, node.uid, "condition", "asked");
  }
  for (const end of doc.outputs) if (end.id !== "") draw(end.id, end.uid, "to");
  return edges.length === before.length && edges.every((edge, index) => edge === before[index]) ? before : edges;
}
