import { expect, test } from "vitest";
import { readDocument } from "../graph/json";
import { standingsOf } from "../graph/walking";
import { aRun, aStep } from "./samples";
import { brief, pointed, valuesOf } from "./values";

const FLOW = {
  format: 1,
  uri: "http://t/W.owl#W",
  inputs: [{ name: "size", id: "in1" }, { name: "never", id: "in2" }],
  outputs: [{ name: "all", id: "list" }, { name: "mesh", id: "mesh" }],
  body: [
    { kind: "step", service: "http://t/a#a", inputs: { size: { id: "in1" } }, outputs: { mesh: "mesh", log: "log" } },
    {
      kind: "for-each", over: { id: "list0" }, item: "one", gathered: [{ id: "list", source: { id: "r" } }],
      body: [{ kind: "step", service: "http://t/b#b", inputs: { mesh: { id: "mesh" }, item: { id: "one" }, fixed: { value: "9" } }, outputs: { result: "r" } }],
    },
    { kind: "step", service: "http://t/c#c", inputs: { list: { id: "list" } }, outputs: { sum: "sum" } },
  ],
};

function doc() {
  const found = readDocument(FLOW).doc;
  if (!found) throw new Error("the document cannot be read");
  return found;
}

test("every wire tells the value that went along it, of a loop the last one", () => {
  const made = doc();
  const run = aRun({
    inputs: { size: "3" },
    steps: [
      aStep({ number: 1, key: "s1", state: "succeeded", inputs: { size: "3" }, outputs: { mesh: "local://p/m.vtk" } }),
      aStep({ number: 2, key: "f1/s1[0]", state: "succeeded", inputs: { item: "x", fixed: "9" }, outputs: { result: "X" } }),
      aStep({ number: 3, key: "f1/s1[1]", state: "succeeded", inputs: { item: "y", fixed: "9" }, outputs: { result: "Y" } }),
      aStep({ number: 4, key: "s2", state: "running", inputs: { list: '["X","Y"]' } }),
    ],
  });
  const { wires, steps } = valuesOf(run, made);
  expect(Object.fromEntries(wires)).toEqual({ in1: "3", mesh: "local://p/m.vtk", r: "Y", one: "y", list: '["X","Y"]' });
  const keys = [...standingsOf(made.body).values()].map(({ node, key }) => [key, steps.get(node.uid)?.number]);
  expect(keys).toEqual([["s1", 1], ["f1", undefined], ["f1/s1", 3], ["s2", 4]]);
});

test("of a run that has not begun nothing is told but what it was given", () => {
  expect(Object.fromEntries(valuesOf(aRun({ inputs: { size: "3" } }), doc()).wires)).toEqual({ in1: "3" });
});

test("what came out tells what no step was given", () => {
  expect(valuesOf(aRun({ outputs: { all: "[]" } }), doc()).wires.get("list")).toBe("[]");
});

test("an attempt that was made again is told by the newest", () => {
  const steps = [aStep({ number: 1, state: "failed" }), aStep({ number: 2, attempt: 2, state: "succeeded", outputs: { mesh: "m" } })];
  expect(valuesOf(aRun({ steps }), doc()).wires.get("mesh")).toBe("m");
});

test.each([
  ["5", "5"],
  ["local://p/runs/1/mesh.vtk", "mesh.vtk"],
  ["a\nb   c", "a b c"],
  ['["1","2"]', "2: 1, 2"],
  ["[]", "[]"],
  ["[not a list", "[not a list"],
  ["x".repeat(40), `${"x".repeat(27)}…`],
  ["[1,".repeat(40_000), `${"[1,".repeat(9)}…`],
])("%s is told in short as %s", (value, words) => expect(brief(value)).toBe(words));

test("of a value of millions of signs only the beginning is shown", () => {
  expect(pointed("x".repeat(4_000_000))).toHaveLength(2000);
  expect(pointed("a\nb")).toBe("a\nb");
});
