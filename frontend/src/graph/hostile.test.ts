/** Names, texts and files that others made, and that mean harm: the rules take them as what they are. */
import { expect, test } from "vitest";
import { copied, pasted, readClip } from "./clip";
import { newDocument, type Doc } from "./document";
import { added, withConstant, withInput, withOutput, wired } from "./edits";
import { readText } from "./json";
import { libraryOf, serviceOf } from "./library";
import { newStep } from "./making";
import { judge } from "./rules";
import { sourceAt, withSource, type To } from "./wires";
import { writeDocument, writeText } from "./writing";
import { layoutOf } from "../graph-view/layout";
import { FULL } from "../graph-view/shape";

const NAMES = ["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "__defineGetter__"];
const ROOT = { parent: null, lane: 0 };
const service = serviceOf({
  uri: "http://evil/sync/evil.owl#__proto___Service",
  kind: "synchronous",
  inputs: NAMES.map((name) => ({ name })),
  outputs: NAMES.map((name) => ({ name })),
});
const library = libraryOf([service]);

/** Two steps whose ports are called as no port should be: each output of the first goes to the input of its name. */
function chain(): Doc {
  const [first, second] = [newStep(service, { x: 0, y: 0 }), newStep(service, { x: 400, y: 0 })];
  let doc = added(added(newDocument("__proto__"), ROOT, first), ROOT, second);
  for (const port of NAMES) {
    doc = withConstant(doc, { kind: "port", uid: first.uid, port }, `value of ${port}`);
    doc = wired(doc, { kind: "port", uid: first.uid, port }, { kind: "port", uid: second.uid, port });
  }
  return doc;
}

test("ports are called as they are called: what objects have by themselves is none of them", () => {
  const empty = newStep(service, null);
  const doc = added(newDocument("Case"), ROOT, empty);
  const ends = NAMES.map((port): To => ({ kind: "port", uid: empty.uid, port }));
  expect(ends.map((end) => sourceAt(doc, end))).toEqual(NAMES.map(() => null));
  expect(judge(doc, library).problems.map((one) => one.code)).toEqual(NAMES.map(() => "unwired-input"));
  for (const end of ends) expect(sourceAt(withSource(doc, end, { value: "x" }), end)).toEqual({ value: "x" });
});

test("they are wired, judged, drawn, written, read, copied and pasted like any other, and nothing else is changed by it", () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const doc = chain();
  expect(judge(doc, library).problems).toEqual([]);
  expect(layoutOf(doc, library, { metrics: FULL, all: true }).boxes.size).toBeGreaterThanOrEqual(2);
  const back = readText(writeText(doc));
  expect(back.faults).toEqual([]);
  expect(back.doc && writeDocument(back.doc)).toEqual(writeDocument(doc));
  const clip = readClip(copied(doc, doc.body.map((node) => node.uid)));
  const twice = pasted(doc, clip?.nodes ?? [], ROOT, { keep: true }).doc;
  expect(twice.body).toHaveLength(4);
  expect(judge(twice, library).problems).toEqual([]);
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  expect(({} as Record<string, unknown>)["value of constructor"]).toBeUndefined();
});

test("an id or a name of a workflow's own may be one of them, too", () => {
  let doc = newDocument("Case");
  for (const name of NAMES) doc = withOutput(withInput(doc, name).doc, name).doc;
  const read = readText(JSON.stringify({ ...writeDocument(doc), canvas: Object.fromEntries(NAMES.map((name) => [`inputs/${name}`, [1, 2]])) }));
  expect(read.doc?.inputs.map((end) => [end.name, end.at])).toEqual(NAMES.map((name) => [name, { x: 1, y: 2 }]));
  const id = "__proto__";
  const step = newStep(service, null);
  const given = added({ ...doc, inputs: doc.inputs.slice(0, 1).map((end) => ({ ...end, id })) }, ROOT, step);
  const wiredTo = withSource(given, { kind: "port", uid: step.uid, port: "constructor" }, { id });
  expect(judge(wiredTo, library).types.inputPort("__proto__").name).toBe("__proto__");
});

test("a file that nests without end is refused, and takes nothing down with it", () => {
  const deep = (open: string, close: string, end: string) => `${open.repeat(50_000)}${end}${close.repeat(50_000)}`;
  const condition = deep('{"not":', "}", '{"is_true":{"id":"a"}}');
  const branch = `{"format":1,"uri":"http://x/a.owl#a","body":[{"kind":"branch","then":[],"condition":${condition}}]}`;
  const body = `{"format":1,"uri":"http://x/a.owl#a","body":${deep('[{"kind":"sequence","nodes":', "}]", "[]")}}`;
  for (const text of [branch, body]) {
    expect(readText(text).doc).toBeNull();
    expect(readText(text).faults.map((fault) => fault.reason.key)).toContain("json-deep");
  }
});
