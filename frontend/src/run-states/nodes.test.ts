import { describe, expect, test } from "vitest";
import { nodeStates, placeOf, type Words } from "./nodes";
import { aRun, aStep } from "./samples";

const words: Words = {
  attempt: (number) => `attempt ${number}`,
  round: (number) => `round ${number}`,
  times: (done, all) => `${done} of ${all}`,
  items: (count) => `${count} items`,
  took: { then: "then", else: "else" },
};

describe("nodes of the graph", () => {
  test("a place is read with the rounds and items around it", () => {
    expect(placeOf("s1")).toEqual({ path: "s1", iterations: [] });
    expect(placeOf("f1/r1/s2[0,12]")).toEqual({ path: "f1/r1/s2", iterations: [0, 12] });
  });
  test("many runs of one step stand together: what is at work comes first, and how many are done", () => {
    const steps = [aStep({ number: 1, key: "f1/s1[0]", state: "succeeded" }), aStep({ number: 2, key: "f1/s1[1]", progress: 40 }), aStep({ number: 3, key: "f1/s1[2]", state: "succeeded" })];
    const states = nodeStates(aRun({ steps, constructs: [{ key: "f1", kind: "for-each", side: null, count: 3, over: false }] }), words);
    expect(states.get("f1/s1")).toMatchObject({ look: "running", progress: 40, note: "2 of 3" });
    expect(states.get("f1")).toMatchObject({ look: "running", note: "3 items" });
  });
  test("an attempt that failed does not hide the one that came after", () => {
    const steps = [aStep({ number: 1, state: "failed" }), aStep({ number: 2, state: "running", attempt: 2 })];
    expect(nodeStates(aRun({ steps }), words).get("s1")).toMatchObject({ look: "running", note: "attempt 2" });
  });
  test("a workflow within the workflow stands as its steps do", () => {
    const steps = [aStep({ key: "n1/s1", state: "succeeded" }), aStep({ number: 2, key: "n1/s2", state: "failed" })];
    expect(nodeStates(aRun({ steps, state: "failed" }), words).get("n1")?.look).toBe("failed");
  });
  test("what was still open when a run ended does not look as if it went on", () => {
    const constructs = [{ key: "r1", kind: "loop" as const, side: null, count: 4, over: false }];
    expect(nodeStates(aRun({ state: "failed", constructs }), words).get("r1")).toMatchObject({ look: "aborted", note: "round 4" });
  });
});
