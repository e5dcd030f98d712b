import { expect, test } from "vitest";
import { listening, mayRepeat, shownSteps, summaryOf, titleOf, undecided } from "./run";
import { aRun, aStep } from "../../../run-states/samples";

const numbers = (steps: readonly { number: number }[]) => steps.map((step) => step.number);

test("pages of all steps that go on are shown side by side, who asks first", () => {
  const run = aRun({
    steps: [
      aStep({ number: 1, state: "succeeded" }),
      aStep({ number: 2 }),
      aStep({ number: 3, waits: true, kind: "application" }),
      aStep({ number: 4, page_tag: "" }),
    ],
  });
  expect(numbers(shownSteps(run, null))).toEqual([3, 2]);
  expect(numbers(shownSteps(run, 1))).toEqual([1]);
  expect(numbers(shownSteps(run, 4))).toEqual([3, 2]);
});

test("the last page of a run that is over is shown, but no question that was answered", () => {
  const steps = [aStep({ number: 1, state: "succeeded" }), aStep({ number: 2, state: "succeeded", kind: "application" })];
  expect(numbers(shownSteps(aRun({ state: "succeeded", steps }), null))).toEqual([1]);
  expect(numbers(shownSteps(aRun({ state: "succeeded", steps }), 2))).toEqual([2]);
});

test("only a running step of a running run that hears is told something", () => {
  const steps = [aStep({ number: 1, hears: true }), aStep({ number: 2 }), aStep({ number: 3, hears: true, state: "starting" })];
  expect(numbers(listening(aRun({ steps })))).toEqual([1]);
  expect(listening(aRun({ state: "aborting", steps }))).toEqual([]);
});

test("a step that was started again needs no decision any more", () => {
  const steps = [aStep({ number: 1, state: "unknown" }), aStep({ number: 2, attempt: 2 }), aStep({ number: 3, key: "s2", state: "unknown" })];
  expect(numbers(undecided(aRun({ steps })))).toEqual([3]);
});

test("the title of the tab tells first that somebody is asked, then how it ended, then how far it is", () => {
  expect(titleOf(aRun({ waits: true, steps: [aStep({ progress: 4 })] }))).toBe("❓ Mesh a part");
  expect(titleOf(aRun({ state: "succeeded" }))).toBe("✓ Mesh a part");
  expect(titleOf(aRun({ state: "failed" }))).toBe("✗ Mesh a part");
  expect(titleOf(aRun({ steps: [aStep({ progress: 63.9 })] }))).toBe("63 % · Mesh a part");
  expect(titleOf(aRun({ title: "" }))).toBe("Demo");
});

test("a line of the list holds the first short results", () => {
  const ports = [{ name: "mesh", type: "file" }, { name: "n", type: "integer" }, { name: "long" }, { name: "s", type: "secret" }, { name: "edge", type: "decimal", unit: "mm" }];
  const run = aRun({ output_ports: ports, outputs: { mesh: "local://x", n: "3", long: "x".repeat(25), s: "y", edge: "0.8" } });
  expect(summaryOf(run).map(({ port, value }) => [port.name, value])).toEqual([["n", "3"], ["edge", "0.8"]]);
});

test("a trial is repeated by who develops, any other run by who runs", () => {
  expect(mayRepeat(aRun(), ["read", "run"])).toBe(true);
  expect(mayRepeat(aRun(), ["read", "develop"])).toBe(false);
  expect(mayRepeat(aRun({ trial: "service" }), ["read", "run"])).toBe(false);
  expect(mayRepeat(aRun({ trial: "service" }), ["read", "run", "develop"])).toBe(true);
});
