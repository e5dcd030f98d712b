import { expect, test } from "vitest";
import { added, removed } from "../graph/edits";
import { newDocument, type Doc } from "../graph/document";
import { newStep } from "../graph/making";
import { nodeOf } from "../graph/walking";
import { aRun, aStep } from "../run-states/samples";
import { shownOf } from "./shown";

const ROOT = { parent: null, lane: 0 };

function two(): { doc: Doc; first: string; second: string } {
  const [one, other] = ["a", "b"].map((name) => ({ ...newStep({ uri: `http://t/${name}#${name}`, kind: "asynchronous" }, { x: 0, y: 0 }), outputs: { out: `of-${name}` } }));
  if (!one || !other) throw new Error("there are no steps");
  return { doc: added(added(newDocument("W"), ROOT, one), ROOT, other), first: one.uid, second: other.uid };
}

test("states stay with their steps although the draft is changed meanwhile", () => {
  const { doc, first, second } = two();
  const run = aRun({ steps: [aStep({ number: 1, key: "s1", state: "succeeded", outputs: { out: "1" } }), aStep({ number: 2, key: "s2", progress: 40 })] });
  const shown = shownOf(run, { id: run.id, what: "draft", version: 2, doc });
  const changed = removed(doc, [first]);
  expect(nodeOf(changed, second)).toBeDefined();
  expect(shown.states.get(second)).toMatchObject({ look: "running", progress: 40 });
  expect(shown.states.get(first)?.look).toBe("succeeded");
  expect(shown.values.get("of-a")).toBe("1");
});

test("a step that is tried alone is shown at its own box and at its outputs, and nowhere else", () => {
  const { doc, first, second } = two();
  const run = aRun({ trial: "service", state: "succeeded", steps: [aStep({ key: "s1", state: "succeeded", outputs: { out: "5" } })] });
  const shown = shownOf(run, { id: run.id, what: "step", version: 0, doc, uid: second });
  expect([...shown.states.keys()]).toEqual([second]);
  expect([...shown.values]).toEqual([["of-b", "5"]]);
  expect(shown.steps.get(second)?.outputs).toEqual({ out: "5" });
  expect(shown.steps.get(first)).toBeUndefined();
});

test("a trial that has not begun yet shows nothing", () => {
  const { doc, second } = two();
  expect(shownOf(aRun(), { id: "0", what: "step", version: 0, doc, uid: second }).states.size).toBe(0);
});
