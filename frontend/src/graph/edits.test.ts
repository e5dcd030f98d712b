import fc from "fast-check";
import { describe, expect, test } from "vitest";
import cases from "../../../tests/unit/workflows/cases.json";
import schema from "../../../docs/reference/workflow.schema.json";
import { copied, duplicated, pasted, readClip } from "./clip";
import { newDocument, type Doc } from "./document";
import {
  added, changed, labelled, moved, removed, unwired, wired, withBranches, withConstant, withEndMoved, withEndNamed, withIdRenamed, withInput, withOutput,
  withValue, withoutValue,
} from "./edits";
import { begun, done, redone, undone, type History } from "./history";
import { readDocument } from "./json";
import { libraryOf, serviceOf, type GivenService } from "./library";
import { CONSTRUCTS, newConstruct, newStep, unwrapped, wrapped } from "./making";
import { lanesFor, nodesAt, sorted, type LaneAt } from "./order";
import { judge, problemsOf } from "./rules";
import { broken } from "./schema_check";
import { isConstruct, keyOf, lanesOf, nodesOf } from "./walking";
import { fromsOf, tosOf, type From, type To } from "./wires";
import { bestInput, offersFor, tried } from "./wiring";
import { writeDocument } from "./writing";

const T = "http://company/sync/t.owl#";
const services = Object.entries(cases.services).map(([uri, given]) => serviceOf({ uri, ...(given as Omit<GivenService, "uri">) }));
const library = libraryOf(services);
const service = (name: string) => {
  const found = services.find((one) => one.uri === `${T}${name}_Service`);
  if (!found) throw new Error(name);
  return found;
};
const ROOT: LaneAt = { parent: null, lane: 0 };

/** Makes one change, chosen by numbers; every change that the editor can make is among them. */
function changedBy(doc: Doc, what: number, first: number, second: number): Doc {
  const pick = <T>(all: readonly T[], by: number): T | undefined => all[by % Math.max(1, all.length)];
  const nodes = [...nodesOf(doc.body)];
  const node = pick(nodes, first);
  const lanes: LaneAt[] = [ROOT, ...nodes.filter(isConstruct).flatMap((one) => lanesOf(one).map((_, lane) => ({ parent: one.uid, lane })))];
  const lane = pick(lanes, second) ?? ROOT;
  const froms: From[] = [
    ...doc.inputs.map(({ uid }): From => ({ kind: "end", uid })),
    ...nodes.flatMap((one) => fromsOf(one).map(({ from }) => from)),
    ...nodes.flatMap((one): From[] => (one.kind === "step" ? service("mesh").outputs.map(({ name }) => ({ kind: "port", uid: one.uid, port: name })) : [])),
  ];
  const tos: To[] = [
    ...doc.outputs.map(({ uid }): To => ({ kind: "end", uid })),
    ...nodes.flatMap(tosOf),
    ...nodes.flatMap((one): To[] => (one.kind === "step" ? [{ kind: "port", uid: one.uid, port: "a" }] : [])),
  ];
  const from = pick(froms, first);
  const to = pick(tos, second);
  const makers: (() => Doc)[] = [
    () => added(doc, lane, newStep(pick(services, first) ?? service("add")), second % 4),
    () => added(doc, lane, newConstruct(doc, pick(CONSTRUCTS, first) ?? "branch")),
    () => withInput(doc, "n").doc,
    () => withOutput(doc, "y").doc,
    () => (from && to ? wired(doc, from, to) : doc),
    () => (from && to ? tried(doc, library, judge(doc, library), from, to).doc : doc),
    () => (to && to.kind !== "end" && to.kind !== "next" ? withConstant(doc, to, `${second}`) : doc),
    () => (to ? unwired(doc, to) : doc),
    () => (node ? removed(doc, [node.uid]) : doc),
    () => (node ? moved(doc, node.uid, lane, second % 5, { x: first, y: second }) : doc),
    () => (node ? labelled(doc, node.uid, { name: `step ${first}`, note: "remark" }) : doc),
    () => (node ? duplicated(doc, [node.uid], { x: 20, y: 20 }).doc : doc),
    () => (node ? withValue(doc, node.uid).doc : doc),
    () => (from?.kind === "own" ? withoutValue(doc, from.uid, from.id) : doc),
    () => (from?.kind === "own" ? withIdRenamed(doc, from.id, `value ${second}`) : doc),
    () => (node ? withBranches(doc, node.uid, second % 2 ? "add" : 0) : doc),
    () => (node ? wrapped(doc, [node.uid], pick(CONSTRUCTS, second) ?? "repeat").doc : doc),
    () => (node ? unwrapped(doc, node.uid) : doc),
    () => (doc.inputs[0] ? withEndMoved(withEndNamed(doc, doc.inputs[0].uid, `in${first}`), doc.inputs[0].uid, 1) : doc),
    () => (doc.outputs[0] && second % 3 === 0 ? removed(doc, [doc.outputs[0].uid]) : doc),
    () => (node ? changed(doc, node.uid, (one) => (one.kind === "step" ? { ...one, retries: first % 5, onFailure: {}, timeOut: 5 } : one)) : doc),
    () => {
      const clip = node ? readClip(copied(doc, [node.uid])) : null;
      return clip ? pasted(doc, clip.nodes, lane, { keep: second % 2 === 0 }).doc : doc;
    },
  ];
  return pick(makers, what)?.() ?? doc;
}

const changes = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)), { maxLength: 40 });
const depthOf = (doc: Doc) => Math.max(0, ...[...nodesOf(doc.body)].map((node) => keyOf(doc, node.uid).split("/").length));

describe("whatever is changed", () => {
  test("the document keeps to the schema, and is read as it was written", () => {
    fc.assert(
      fc.property(changes, (all) => {
        let doc = newDocument("Case");
        for (const [what, first, second] of all) {
          const next = changedBy(doc, what, first, second);
          doc = depthOf(next) > 20 || [...nodesOf(next.body)].length > 60 ? doc : next;
        }
        const written = JSON.parse(JSON.stringify(writeDocument(doc))) as unknown;
        expect(broken(schema, written)).toEqual([]);
        const again = readDocument(written);
        expect(again.faults).toEqual([]);
        expect(again.doc && JSON.parse(JSON.stringify(writeDocument(again.doc)))).toEqual(written);
      }),
      { numRuns: 300 },
    );
  });

  test("no id is defined twice, unless somebody wrote it so", () => {
    fc.assert(
      fc.property(changes, (all) => {
        let doc = newDocument("Case");
        for (const [what, first, second] of all) {
          const next = changedBy(doc, what, first, second);
          doc = depthOf(next) > 20 || [...nodesOf(next.body)].length > 60 ? doc : next;
        }
        expect(problemsOf(doc, library).filter((one) => one.code === "id-twice")).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("undo goes back to exactly what was there, and redo forth again", () => {
    fc.assert(
      fc.property(changes, (all) => {
        let history: History = begun(newDocument("Case"));
        const seen: Doc[] = [history.now.doc];
        for (const [what, first, second] of all) {
          const next = changedBy(history.now.doc, what, first, second);
          if (depthOf(next) > 20 || [...nodesOf(next.body)].length > 60) continue;
          history = done(history, next, "change");
          if (seen[seen.length - 1] !== next) seen.push(next);
        }
        for (const doc of seen.toReversed()) {
          expect(history.now.doc).toBe(doc);
          history = undone(history);
        }
        for (const doc of seen) {
          expect(history.now.doc).toBe(doc);
          history = redone(history);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("wires", () => {
  const step = (name: string) => newStep(service(name));
  const out = (uid: string, port: string): From => ({ kind: "port", uid, port });
  const into = (uid: string, port: string): To => ({ kind: "port", uid, port });
  const attempt = (doc: Doc, from: From, to: To) => tried(doc, library, judge(doc, library), from, to);

  test("a value that fits is taken, and its end gets an id", () => {
    const [one, other] = [step("add"), step("add")];
    const doc = added(added(newDocument("Case"), ROOT, one), ROOT, other);
    const { doc: made, refused } = attempt(doc, out(one.uid, "sum"), into(other.uid, "a"));
    expect(refused).toBeNull();
    expect(writeDocument(made).body).toMatchObject([{ outputs: { sum: "s1io1" } }, { inputs: { a: { id: "s1io1" } } }]);
  });

  test("one that does not is refused, with the reason", () => {
    const [one, other] = [step("mesh"), step("weigh")];
    const doc = added(added(newDocument("Case"), ROOT, one), ROOT, other);
    expect(attempt(doc, out(one.uid, "mesh"), into(other.uid, "mass")).refused).toEqual({ key: "types", values: { from: "file", to: "decimal" } });
    const [first, second] = [step("weigh"), step("weigh")];
    const weighed = added(added(newDocument("Case"), ROOT, first), ROOT, second);
    expect(attempt(weighed, out(first.uid, "time"), into(second.uid, "mass")).refused?.key).toBe("units");
  });

  test("from a later step: the steps change places, unless they wait for each other", () => {
    const [one, other] = [step("add"), step("add")];
    const doc = added(added(newDocument("Case"), ROOT, one), ROOT, other);
    const back = attempt(doc, out(other.uid, "sum"), into(one.uid, "a"));
    expect(back.refused).toBeNull();
    expect(back.doc.body.map((node) => node.uid)).toEqual([other.uid, one.uid]);
    expect(attempt(back.doc, out(one.uid, "sum"), into(other.uid, "a")).refused?.key).toBe("cycle");
    expect(attempt(doc, out(one.uid, "sum"), into(one.uid, "a")).refused?.key).toBe("own-step");
  });

  test("out of a for-each only what is gathered goes", () => {
    const loop = newConstruct(newDocument("Case"), "for-each");
    const [inner, outer] = [step("add"), step("add")];
    let doc = added(added(newDocument("Case"), ROOT, loop), ROOT, outer);
    doc = added(doc, { parent: loop.uid, lane: 0 }, inner);
    expect(attempt(doc, out(inner.uid, "sum"), into(outer.uid, "a")).refused?.key).toBe("inside-only");
  });

  test("an offer is a service that takes the value", () => {
    const mesh = service("mesh").outputs[0];
    expect(mesh && offersFor(library, { from: mesh }).map((one) => [one.service.uri, one.port])).toEqual([[`${T}rate_Service`, "mesh"], [`${T}login_Service`, "user"]]);
    const one = step("rate");
    expect(bestInput(added(newDocument("Case"), ROOT, one), library, one.uid, mesh ?? null)).toBe("mesh");
  });

  test("what is taken away takes its wires with it", () => {
    const [one, other] = [step("add"), step("add")];
    const doc = added(added(newDocument("Case"), ROOT, one), ROOT, other);
    const made = attempt(doc, out(one.uid, "sum"), into(other.uid, "a")).doc;
    expect(removed(made, [one.uid]).body).toEqual([{ ...other, inputs: {} }]);
  });

  test("copies among each other keep their wires, with ids of their own", () => {
    const [one, other] = [step("add"), step("add")];
    const doc = attempt(added(added(newDocument("Case"), ROOT, one), ROOT, other), out(one.uid, "sum"), into(other.uid, "a")).doc;
    const clip = readClip(copied(doc, [one.uid, other.uid]));
    const twice = pasted(doc, clip?.nodes ?? [], ROOT, { keep: true }).doc;
    expect(writeDocument(twice).body).toMatchObject([{}, { inputs: { a: { id: "s1io1" } } }, { outputs: { sum: "s3io1" } }, { inputs: { a: { id: "s3io1" } } }]);
    const alone = readClip(copied(doc, [other.uid]));
    expect(pasted(newDocument("New"), alone?.nodes ?? [], ROOT, { keep: false }).doc.body).toMatchObject([{ inputs: {} }]);
  });
});

test("a node can stand in every sequence but those inside of itself, in the order of the document", () => {
  const step = newStep(service("add"));
  let doc = added(newDocument("Case"), ROOT, step);
  const branch = newConstruct(doc, "branch");
  doc = added(doc, ROOT, branch);
  expect(lanesFor(doc, step.uid)).toEqual([ROOT, { parent: branch.uid, lane: 0 }, { parent: branch.uid, lane: 1 }]);
  expect(lanesFor(doc, branch.uid)).toEqual([ROOT]);
});

test("an order is found that changes no more than it must", () => {
  const steps = [0, 1, 2].map(() => newStep(service("add")));
  let doc = newDocument("Case");
  for (const one of steps) doc = added(doc, ROOT, one);
  expect(sorted(nodesAt(doc, ROOT))).toBe(doc.body);
});
