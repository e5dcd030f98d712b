import { expect, test } from "vitest";
import { newStep } from "../graph/making";
import { aStep } from "../run-states/samples";
import { valuesFor } from "./trials";

const step = { ...newStep({ uri: "http://t/a#a", kind: "asynchronous" }), inputs: { size: { value: "5" }, mesh: { id: "w1" }, other: { id: "w2" } } };

test("a step is tried with what stands at its ports", () => {
  expect(valuesFor(step, null)).toEqual({ size: "5" });
});

test("what a run has brought along its wires, or what the step was given last, is offered too", () => {
  const steps = new Map([[step.uid, aStep({ inputs: { other: "7", size: "1" } })]]);
  expect(valuesFor(step, { values: new Map([["w1", "local://m"]]), steps })).toEqual({ size: "5", mesh: "local://m", other: "7" });
});
