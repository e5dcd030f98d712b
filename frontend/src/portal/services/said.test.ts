import { describe, expect, test } from "vitest";
import { allowedOf, changedCorrections, corrected, differences, facets, hasDefault, isAddress, limitOf, typesOf, withCorrection, type Service } from "./said";

const service: Service = {
  name: "Mesher.mesh", uri: "u", wsdl: "http://a/m?wsdl", operation: "mesh", kind: "synchronous", title: "", description: "", category: "", company: "",
  inputs: [{ name: "size", type: "decimal", unit: "mm", minimum: "0.1" }], outputs: [{ name: "mesh", type: "string" }],
  repeatable: false, at_most_once: false, corrections: {}, project: "p", version: 1, registered_at: "2026-11-24T12:00:00Z",
};

test.each([
  ["", null],
  [" 3 ", 3],
  ["0", undefined],
  ["-1", undefined],
  ["2.5", undefined],
  ["many", undefined],
])("a limit of %j runs is read as %j", (typed, read) => {
  expect(limitOf(typed)).toBe(read);
});

test.each([
  ["http://localhost:8081/w?wsdl", true],
  [" https://a.example/x ", true],
  ["http://", false],
  ["ftp://a.example/x", false],
  ["localhost:8081/w", false],
  ["javascript:alert(1)", false],
])("%s is worth looking at: %j", (typed, worth) => {
  expect(isAddress(typed)).toBe(worth);
});

describe("a port's type", () => {
  test("can become anything if it is a text, but a choice only with choices", () => {
    expect(typesOf({ name: "part", type: "string" }, "inputs")).toContain("file");
    expect(typesOf({ name: "part", type: "string" }, "inputs")).not.toContain("choice");
    expect(typesOf({ name: "part", type: "string", choices: ["a"] }, "inputs")).toContain("choice");
  });
  test("stays a number if it is one, unless that was said by a correction", () => {
    expect(typesOf({ name: "size", type: "decimal" }, "inputs")).toEqual(["decimal"]);
    expect(typesOf({ name: "size", type: "decimal" }, "inputs", { type: "decimal" })).toContain("string");
  });
  test("is a secret only for a single input", () => {
    expect(typesOf({ name: "key", type: "string" }, "outputs")).not.toContain("secret");
    expect(typesOf({ name: "keys", type: "string", many: true }, "inputs")).not.toContain("secret");
  });
  test("decides whether a default makes sense", () => {
    expect(hasDefault("secret", "inputs")).toBe(false);
    expect(hasDefault("integer", "outputs")).toBe(false);
    expect(hasDefault("integer", "inputs")).toBe(true);
  });
});

describe("a correction", () => {
  const port = { name: "size", type: "string", unit: "" };
  test("says only what is different from the WSDL", () => {
    const file = corrected(port, undefined, "type", "file");
    expect(file).toEqual({ type: "file" });
    expect(corrected(port, file, "type", "string")).toEqual({});
  });
  test("has no unit where the type has none", () => {
    const inMm = corrected(port, { type: "decimal" }, "unit", "mm");
    expect(inMm).toEqual({ type: "decimal", unit: "mm" });
    expect(corrected(port, inMm, "type", "file")).toEqual({ type: "file" });
  });
  test("that was made earlier stays when its value is typed again", () => {
    const shown = { name: "size", type: "decimal", unit: "mm" };
    const before = { type: "decimal", unit: "mm" } as const;
    const other = corrected(shown, before, "unit", "m", before);
    expect(corrected(shown, other, "unit", "mm", before)).toEqual(before);
  });
  test("is left out among the others when it says nothing", () => {
    expect(withCorrection({ "inputs/a": { unit: "mm" } }, "inputs/a", {})).toEqual({});
  });
  test("is sent when it changed, and an empty one takes it back", () => {
    const before = { "inputs/a": { unit: "mm" }, "inputs/b": { type: "file" } } as const;
    expect(changedCorrections(before, { "inputs/b": { type: "file", unit: null } })).toEqual({ "inputs/a": {} });
    expect(changedCorrections({}, { "outputs/c": { title: "C" } })).toEqual({ "outputs/c": { title: "C" } });
  });
});

test.each([
  [{ minimum: "1", maximum: "10", unit: "mm" }, "1 … 10 mm"],
  [{ minimum: "1" }, "≥ 1"],
  [{ maximum: "5", unit: "s" }, "≤ 5 s"],
  [{ choices: ["a", "b"] }, "a, b"],
  [{ accept: [".stp", ".step"] }, ".stp, .step"],
  [{ unit: "K" }, "K"],
  [{}, ""],
])("what %j allows is said as %s", (port, words) => {
  expect(allowedOf(port)).toBe(words);
});

test("versions differ in the words of ports", () => {
  const newer: Service = {
    ...service, version: 2, most_runs: 4,
    inputs: [{ name: "size", type: "decimal", unit: "m" }, { name: "part", type: "file" }], outputs: [],
  };
  expect(differences(service, newer)).toEqual([
    "Runs at once was nothing, is 4",
    "Input size: unit was mm, is m",
    "Input size: minimum was 0.1, is nothing",
    "Input part is new",
    "Output mesh is gone",
  ]);
  expect(differences(service, { ...service, version: 2 })).toEqual([]);
});

test("a list can be narrowed to each category once", () => {
  expect(facets([{ ...service, category: "b" }, { ...service, category: "a" }, { ...service, category: "b" }, service], "category")).toEqual(["a", "b"]);
});
