import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changesOf } from "./changes";
import { grown, heard, Letters, MOST_LETTERS, TALLEST } from "./frame";
import { lineOf, MOST_POINTS, numbersOf, scaleOf, thinned } from "./numbers";
import { aRun, aStep } from "../../../run-states/samples";
import { queryOf, wantedOf } from "./shelves";
import { asCurl, asPython } from "./snippets";
import { storyOf } from "./story";

describe("plots", () => {
  test("only lists of finite numbers are drawn", () => {
    expect(numbersOf(["1", "2.5", "-3e2"])).toEqual([1, 2.5, -300]);
    for (const items of [null, [], ["1"], ["1", ""], ["1", "x"], ["1", "Infinity"], ["1", "NaN"]]) expect(numbersOf(items)).toBeNull();
  });
  test("a scale holds all numbers between round ends", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.double({ noNaN: true, noDefaultInfinity: true })), { minLength: 2 }), (numbers) => {
        const scale = scaleOf(numbers);
        const air = 1e-9 * Math.max(1, Math.abs(scale.low), Math.abs(scale.high));
        expect(scale.low).toBeLessThanOrEqual(Math.min(...numbers) + air);
        expect(scale.high).toBeGreaterThanOrEqual(Math.max(...numbers) - air);
        expect(scale.ticks.length).toBeLessThan(14);
        expect(lineOf(numbers, scale, 100, 50)).not.toContain("NaN");
      }),
    );
  });
  test("numbers that differ by next to nothing, or by all that there is, have a scale", () => {
    for (const numbers of [[1e9, 1e9 + 1e-7], [0, 5e-324], [0.1 + 0.2, 0.3], [-Number.MAX_VALUE, Number.MAX_VALUE], [1.7e308, 1.7e308], [0, 0]]) {
      const scale = scaleOf(numbers);
      expect(scale.low).toBeLessThan(scale.high);
      expect(scale.low).toBeLessThanOrEqual(Math.min(...numbers));
      expect(scale.high).toBeGreaterThanOrEqual(Math.max(...numbers));
      expect(lineOf(numbers, scale, 100, 50)).not.toContain("NaN");
    }
  });
  test("a long list is thinned, and its peaks stay", () => {
    const numbers = Array.from({ length: 100_000 }, (_, index) => (index === 54_321 ? 99 : Math.sin(index)));
    const points = thinned(numbers);
    expect(points.length).toBeLessThanOrEqual(MOST_POINTS + 2);
    expect(points).toContainEqual([54_321, 99]);
  });
});

describe("what a status page says", () => {
  test("only what we know is heard", () => {
    expect(heard({ tarry: "notify", message: "x" })).toEqual({ tarry: "notify", message: "x" });
    expect(heard({ tarry: "height", needed: "300", given: 200 })).toEqual({ tarry: "height", needed: 300, given: 200, tag: "" });
    expect(heard({ tarry: "height", needed: 300, given: 200, tag: "5e1f" })).toEqual({ tarry: "height", needed: 300, given: 200, tag: "5e1f" });
    for (const other of [null, "x", {}, { tarry: "notify" }, { tarry: "notify", message: {} }, { tarry: "height", needed: "x", given: 1 }, { tarry: "open" }]) expect(heard(other)).toBeNull();
  });
  test("a frame grows with its page, never by a little, never beyond what is sensible", () => {
    expect(grown(260, 500, 260)).toBe(500);
    expect(grown(260, 280, 260)).toBe(260);
    expect(grown(500, 300, 260)).toBe(500);
    expect(grown(260, 1e9, 0)).toBe(TALLEST);
  });
  test("its messages go one after the other, no more than a person could mean, and one that fails stops none", async () => {
    const sent: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const letters = new Letters(async (message) => {
      await gate;
      sent.push(message);
      if (message === "0") throw new Error("refused");
    });
    const taken = Array.from({ length: 50 }, (_, index) => letters.add(String(index)));
    expect(taken.filter(Boolean)).toHaveLength(MOST_LETTERS);
    release();
    await expect.poll(() => sent).toEqual(Array.from({ length: MOST_LETTERS }, (_, index) => String(index)));
    await expect.poll(() => letters.add("more")).toBe(true);
  });
});

test("a run that goes on is given what has changed, what is left out, and secrets anew", () => {
  const ports = [{ name: "a" }, { name: "b" }, { name: "c" }, { name: "key", type: "secret" }];
  expect(changesOf(ports, { a: "1", b: "2", c: "3", key: "•••" }, { a: "1", b: "5", key: "s" })).toEqual({ b: "5", c: null, key: "s" });
});

describe("the list of runs", () => {
  test("what stands in the address is what is asked for", () => {
    const query = queryOf(wantedOf(new URLSearchParams("show=failed&q=mesh&owner=me&after=x&workflow=W")));
    expect(query).toEqual({ limit: 50, state: ["failed", "aborted"], q: "mesh", owner: "me", after: "x", workflow: "W" });
  });
  test("those that wait for a person are asked for as such; anything unknown is all", () => {
    expect(queryOf(wantedOf(new URLSearchParams("show=you")))).toEqual({ limit: 50, asking: true });
    expect(queryOf(wantedOf(new URLSearchParams("show=else&since=x")))).toEqual({ limit: 50 });
  });
  test("the last day is within", () => {
    const { since, until } = queryOf(wantedOf(new URLSearchParams("since=2026-03-01&until=2026-03-01")));
    expect(Date.parse(until ?? "") - Date.parse(since ?? "")).toBe(86_400_000);
  });
});

describe("the same run by program", () => {
  const ports = [{ name: "text" }, { name: "sizes", type: "decimal", many: true }, { name: "key", type: "secret" }];
  const run = aRun({ input_ports: ports, inputs: { text: `it's "$HOME"\n`, sizes: '["1","2"]', key: "hidden" } });
  test("in Python, quotes and lines are kept and secrets are not there", () => {
    const code = asPython(run, "https://tarry.example.org");
    expect(code).toContain(String.raw`"text": "it's \"$HOME\"\n"`);
    expect(code).toContain('"sizes": ["1", "2"]');
    expect(code).not.toContain("hidden");
  });
  test("for a shell nothing within is special", () => {
    const command = asCurl(run, "https://tarry.example.org");
    expect(command).toContain(String.raw`it'\''s \"$HOME\"\n`);
    expect(command).not.toContain("hidden");
  });
});

test("a trial by program is a trial again", () => {
  expect(asPython(aRun({ trial: "service", workflow: "M.mesh" }), "http://h")).toContain('platform.try_service("M.mesh", {})');
  expect(asPython(aRun({ trial: "workflow" }), "http://h")).toContain('platform.start_run("Demo", {}, version="newest")');
  expect(asCurl(aRun({ trial: "service", workflow: "M.mesh" }), "http://h")).toContain('{"service":"M.mesh","inputs":{}}');
});

test("the story tells what happened, who did it and what was said, in its order", () => {
  const step = aStep({ id: "0_1", failure: { code: "x", message: "a string has torn", step: null } });
  const run = aRun({
    state: "failed", ended_at: "2026-01-01T10:05:00Z", steps: [step], failure: { code: "x", message: "Mesh failed", step: "0_1" },
    messages: [{ step: "0_1", at: "2026-01-01T10:02:00Z", text: "faster", by: "bob", from_page: false, answer: "no" }],
  });
  const at = (minute: number) => `2026-01-01T10:0${minute}:00Z`;
  const story = storyOf(run, [
    { id: 1, at: at(0), kind: "begun", step: null, by: "", choice: "" },
    { id: 2, at: at(1), kind: "intended", step: "0_1", by: "", choice: "" },
    { id: 3, at: at(1), kind: "accepted", step: "0_1", by: "", choice: "" },
    { id: 4, at: at(2), kind: "told", step: "0_1", by: "bob", choice: "" },
    { id: 5, at: at(3), kind: "decided", step: "0_1", by: "eve", choice: "give-up" },
    { id: 6, at: at(4), kind: "failed", step: "0_1", by: "", choice: "" },
  ]);
  expect(story.map(({ what, by, words: said }) => [what, by, said])).toEqual([
    ["asked", "ada", ""], ["begun", "", ""], ["started", "", ""], ["message", "bob", "faster → no"],
    ["given-up", "eve", ""], ["failed", "", "a string has torn"], ["run-failed", "", "Mesh failed"],
  ]);
});
