import { expect, test } from "vitest";
import cases from "../../../tests/unit/workflows/cases.json";
import { newDocument, type Doc } from "../graph/document";
import { added, placedAt } from "../graph/edits";
import { readDocument } from "../graph/json";
import { libraryOf, serviceOf, type GivenService } from "../graph/library";
import { newConstruct, newStep } from "../graph/making";
import { layoutOf, type Box, type Layout } from "./layout";
import { FULL, SMALL } from "./shape";

const services = Object.entries(cases.services).map(([uri, given]) => serviceOf({ uri, ...(given as Omit<GivenService, "uri">) }));
const library = libraryOf(services);
const ROOT = { parent: null, lane: 0 };

function overlaps(layout: Layout): [Box, Box][] {
  const all = [...layout.boxes.values()].filter((box) => box.node);
  return all.flatMap((one, index) =>
    all.slice(index + 1).flatMap((other): [Box, Box][] => {
      const meet = one.parent === other.parent && one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
      return meet ? [[one, other]] : [];
    }),
  );
}

test.each([["the editor", FULL], ["a picture", SMALL]] as const)("no box lies on another in %s, and each container holds what is in it", (_, metrics) => {
  for (const one of cases.cases) {
    const { doc } = readDocument(one.document);
    if (!doc) continue;
    const layout = layoutOf(doc, library, { metrics, all: true });
    expect(overlaps(layout), one.name).toEqual([]);
    for (const box of layout.boxes.values()) {
      const around = box.parent === null ? undefined : layout.boxes.get(box.parent);
      if (around) expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= around.width && box.y + box.height <= around.height, one.name).toBe(true);
    }
  }
});

test("what was put somewhere stays there, and others make room", () => {
  const steps = [0, 1, 2].map((index) => newStep(services[index] ?? { uri: "", kind: "synchronous" }, { x: index * 10, y: 0 }));
  let doc: Doc = newDocument("Case");
  for (const step of steps) doc = added(doc, ROOT, step);
  const last = steps[2]?.uid ?? "";
  const layout = layoutOf(placedAt(doc, new Map([[last, { x: 5, y: 5 }]])), library, { metrics: FULL, all: false, first: new Set([last]) });
  expect(layout.boxes.get(last)?.at).toEqual({ x: 5, y: 5 });
  expect(overlaps(layout)).toEqual([]);
});

test("a container grows with what is in it", () => {
  const loop = newConstruct(newDocument("Case"), "repeat");
  const step = newStep(services[0] ?? { uri: "", kind: "synchronous" }, { x: 900, y: 400 });
  const doc = added(added(newDocument("Case"), ROOT, loop), { parent: loop.uid, lane: 0 }, step);
  const box = layoutOf(doc, library, { metrics: FULL, all: false }).boxes.get(loop.uid);
  expect(box && box.width > 900 + FULL.width && box.height > 400).toBe(true);
});
