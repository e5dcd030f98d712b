import { describe, expect, test } from "vitest";
import units from "../../../tests/cases/units.json";
import { itemRefusal, portOf, readList, refusal } from "./ports";
import { misfitOf } from "./fits";
import { sameUnit } from "./units";

describe("units are taken for each other as the platform takes them", () => {
  test.each(units.groups.map((group) => [group[0] ?? "", group] as const))("%s", (_, group) => {
    for (const one of group) for (const other of group) expect([one, other, sameUnit(one, other)]).toEqual([one, other, true]);
  });

  test("and units of different groups never are", () => {
    const firsts = units.groups.map((group) => group[0] ?? "");
    for (const one of firsts) for (const other of firsts) if (one !== other) expect([one, other, sameUnit(one, other)]).toEqual([one, other, false]);
  });
});

test("a wire from kilograms to seconds is refused with its reason, and nothing is converted", () => {
  const port = (unit: string) => portOf({ type: "decimal", unit });
  expect(misfitOf(port("kg"), port("s"))?.reason).toEqual({ key: "units", values: { from: "kg", to: "s" } });
  expect(misfitOf(port("m"), port("mm"))?.code).toBe("units");
  expect(misfitOf(port("N/mm^2"), port("MPa"))).toBeNull();
  expect(misfitOf(port(""), port("mm"))).toBeNull();
});

describe("values", () => {
  test.each([
    ["integer", "99999999999999999999", null], ["integer", "1.5", "value-integer"], ["decimal", "1e3", null], ["decimal", "nan", "value-decimal"],
    ["boolean", "yes", "value-boolean"], ["date-time", "2026-11-24T10:00:00Z", null], ["date-time", "tomorrow", "value-time"],
    ["file", "local://p/x.step", null], ["file", "x.step", "value-file"], ["folder", "local://p/x", "value-folder"], ["string", "a\nb", "value-line"],
  ])("of type %s: %j", (type, text, key) => {
    expect(itemRefusal(portOf({ type }), text)?.key ?? null).toBe(key);
  });

  test("numbers are held against range and step exactly", () => {
    const port = portOf({ type: "decimal", minimum: "0.1", maximum: "100000000000000000000.5", step: "0.1" });
    expect(itemRefusal(port, "0.3")).toBeNull();
    expect(itemRefusal(port, "0.35")?.key).toBe("value-step");
    expect(itemRefusal(port, "0.09")?.key).toBe("value-low");
    expect(itemRefusal(port, "100000000000000000000.6")?.key).toBe("value-high");
  });

  test("lists keep every digit, and each item is held to the rules", () => {
    expect(readList('[1, 2.50, "a", true]')).toEqual(["1", "2.50", "a", "true"]);
    expect(readList("[[1]]")).toBeNull();
    expect(refusal(portOf({ type: "integer", many: true }), '[1, "x"]')?.key).toBe("value-integer");
    expect(refusal(portOf({ type: "integer", required: false }), "")).toBeNull();
    expect(refusal(portOf({ type: "integer" }), "")?.key).toBe("value-missing");
  });
});
