import { expect, test } from "vitest";
import { beginOf, DAY_MS, shareThere, spansOf, type State } from "./history";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const HOUR = 3_600_000;
const change = (hoursAgo: number, state: State, reason = "") => ({ at: new Date(NOW - hoursAgo * HOUR).toISOString(), state, reason });

test("the states follow each other without a gap, up to now", () => {
  const changes = [change(1, "ok"), change(3, "away", "no answer"), change(10, "ok")];
  const from = beginOf(changes, NOW);

  expect(from).toBe(NOW - 10 * HOUR);
  expect(spansOf(changes, from, NOW)).toEqual([
    { state: "ok", from: NOW - 10 * HOUR, to: NOW - 3 * HOUR, reason: "" },
    { state: "away", from: NOW - 3 * HOUR, to: NOW - HOUR, reason: "no answer" },
    { state: "ok", from: NOW - HOUR, to: NOW, reason: "" },
  ]);
});

test("a week is shown at most, beginning with the state that a service was in", () => {
  const changes = [change(24, "away"), change(24 * 30, "ok"), change(24 * 40, "away")];
  const from = beginOf(changes, NOW);

  expect(from).toBe(NOW - 7 * DAY_MS);
  expect(spansOf(changes, from, NOW).map((span) => [span.state, (span.to - span.from) / DAY_MS])).toEqual([["ok", 6], ["away", 1]]);
});

test("what nobody has looked at yet is not shown as anything", () => {
  expect(spansOf([], beginOf([], NOW), NOW)).toEqual([]);
  expect(shareThere([])).toBe("");
  const fresh = [change(0.25, "ok")];
  expect(spansOf(fresh, beginOf(fresh, NOW), NOW)).toHaveLength(1);
});

test("a clock that runs ahead of ours makes no negative time", () => {
  const changes = [change(-1, "away"), change(2, "ok")];
  expect(spansOf(changes, NOW - 2 * HOUR, NOW).map((span) => span.state)).toEqual(["ok"]);
});

test("a service that was away for a moment was not there all the time", () => {
  const share = (away: number) => shareThere(spansOf([change(away, "away"), change(100, "changed")], NOW - 100 * HOUR, NOW));
  expect(share(0)).toBe("100");
  expect(share(0.001)).toBe("99.9");
  expect(share(25)).toBe("75.0");
  expect(share(99.999)).toBe("0.1");
  expect(shareThere(spansOf([change(5, "unreadable")], NOW - HOUR, NOW))).toBe("0");
});
