/** What a change does not touch stays the same object, so that it is not drawn anew; and where time goes by hundreds of steps. */
import type { Node as FlowNode } from "@xyflow/react";
import { expect, test } from "vitest";
import { newDocument, type Doc } from "../graph/document";
import { added, placedAt, withConstant, wired } from "../graph/edits";
import { libraryOf, serviceOf } from "../graph/library";
import { newStep } from "../graph/making";
import { flowEdges, flowNodes } from "./flow";
import { Store } from "./store";

const add = serviceOf({
  uri: "http://x/sync/c.owl#add_Service", kind: "synchronous",
  inputs: [{ name: "a", type: "decimal" }, { name: "b", type: "decimal" }], outputs: [{ name: "sum", type: "decimal" }],
});
const ROOT = { parent: null, lane: 0 };

/** A chain of steps, the last of which lacks a value. */
function opened(count: number): Store {
  let doc: Doc = newDocument("Chain");
  let before = "";
  for (let number = 0; number < count; number += 1) {
    const step = newStep(add, { x: number * 340, y: 0 });
    doc = added(doc, ROOT, step);
    doc = before === "" ? withConstant(doc, { kind: "port", uid: step.uid, port: "a" }, "1") : wired(doc, { kind: "port", uid: before, port: "sum" }, { kind: "port", uid: step.uid, port: "a" });
    if (number < count - 1) doc = withConstant(doc, { kind: "port", uid: step.uid, port: "b" }, "1");
    before = step.uid;
  }
  const store = new Store();
  store.open(doc, libraryOf([add]));
  return store;
}

function uidAt(store: Store, index: number): string {
  return store.doc.body[index]?.uid ?? "";
}

test("what is typed into one box leaves all others, all wires and all problems what they are", () => {
  const store = opened(6);
  const { layout, byPlace, wrong } = store.get();
  const edges = flowEdges(store.doc, layout, undefined);
  const nodes = flowNodes(layout, new Set(), []);
  const uid = uidAt(store, 2);
  store.change(withConstant(store.doc, { kind: "port", uid, port: "b" }, "7"), "value");
  const now = store.get();
  expect([...now.layout.boxes].filter(([name, box]) => layout.boxes.get(name) !== box).map(([name]) => name)).toEqual([uid]);
  expect(flowEdges(store.doc, now.layout, undefined, edges)).toBe(edges);
  expect(flowNodes(now.layout, new Set(), nodes).every((node, index) => node === nodes[index])).toBe(true);
  expect([now.byPlace, now.wrong]).toEqual([byPlace, wrong]);
  expect(now.byPlace).toBe(byPlace);
  expect(now.wrong).toBe(wrong);
});

test("one wire that is taken away leaves the others the same objects", () => {
  const store = opened(6);
  const edges = flowEdges(store.doc, store.get().layout, undefined);
  store.change(withConstant(store.doc, { kind: "port", uid: uidAt(store, 3), port: "a" }, "7"), "value");
  const left = flowEdges(store.doc, store.get().layout, undefined, edges);
  expect(left).toHaveLength(edges.length - 1);
  expect(left.every((edge) => edges.includes(edge))).toBe(true);
});

test("a problem is told of its place and of everything around it", () => {
  const store = opened(3);
  expect([...store.get().byPlace.keys()]).toEqual(["s3/b"]);
  expect([...store.get().wrong]).toEqual(["s3", "s3/b"]);
});

test("what the platform remarks changes no box", () => {
  const store = opened(4);
  const { layout, judged } = store.get();
  store.remark(store.doc, [{ place: "s1", code: "gone", message: "The service is gone." }]);
  expect(store.get().layout).toBe(layout);
  expect(store.get().judged).toBe(judged);
  expect(store.get().wrong.has("s1")).toBe(true);
});

test("a service that has other ports now is drawn with them, although its boxes are as large as before", () => {
  const store = opened(2);
  store.learn(libraryOf([serviceOf({ uri: add.uri, kind: "synchronous", inputs: [{ name: "a", title: "Renamed" }, { name: "b" }], outputs: [{ name: "sum" }] })]));
  expect(store.get().layout.boxes.get(uidAt(store, 0))?.shape.top[0]?.label).toBe("Renamed");
});

test("a box that is being dragged stays in the hand, whatever else happens", () => {
  const store = opened(3);
  const uid = uidAt(store, 1);
  const nodes = flowNodes(store.get().layout, new Set(), []);
  const held = nodes.map((node): FlowNode => (node.id === uid ? { ...node, dragging: true, position: { x: 5, y: 900 } } : node));
  const now = flowNodes(store.get().layout, new Set([uid]), held).find((node) => node.id === uid);
  expect(now).toMatchObject({ position: { x: 5, y: 900 }, selected: true });
  store.change(placedAt(store.doc, new Map([[uid, { x: 5, y: 900 }]])), "move", { first: new Set([uid]) });
  const dropped = held.map((node): FlowNode => ({ ...node, dragging: false }));
  expect(flowNodes(store.get().layout, new Set(), dropped).find((node) => node.id === uid)?.position).toEqual({ x: 5, y: 900 });
});
