import { describe, expect, test } from "vitest";
import file from "../../../tests/cases/port_values.json";
import { check, hintOf, type Port } from "./rules";

interface Case {
  port: Port;
  value: string;
  refused: string | false;
}
const cases = file.cases as Case[];

describe("a value is taken or refused as the server does it", () => {
  test.each(cases)("$port $value", ({ port, value, refused }) => {
    const found = check(port, value);
    if (refused === false) expect(found).toBeNull();
    else expect(found?.message).toContain(refused);
  });
});

test("a refusal by a pattern is no last word, as patterns have dialects", () => {
  expect(check({ name: "a", pattern: "[a-z]+" }, "A")?.sure).toBe(false);
  expect(check({ name: "a", pattern: "(?i)a" }, "A")).toBeNull();
});

test("a secret is never repeated in what is said of it", () => {
  expect(check({ name: "a", type: "secret" }, "hush\nhush")?.message).not.toContain("hush");
});

test("the rules of a port are said in a few words", () => {
  expect(hintOf({ name: "a", type: "decimal", minimum: "0.1", maximum: "50", unit: "mm" })).toBe("0.1 to 50\u202fmm");
  expect(hintOf({ name: "a", type: "file", many: true, accept: [".stl"] })).toBe("One or more values; files: .stl");
});
