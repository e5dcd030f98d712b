import { expect, test } from "vitest";
import { stepped, decimal, type Decimal } from "./decimal";
import { shown, textsOf, valueOf, valuesOf } from "./fields";
import type { Port } from "./rules";

const list: Port = { name: "sizes", type: "decimal", many: true };
const texts: Port = { name: "notes", type: "text", many: true };

test("a list stands in its field as lines, and comes back as it was", () => {
  expect(shown(list, '["1", "2.5"]')).toBe("1\n2.5");
  expect(valueOf(list, " 1 \r\n\n2.5\n")).toBe('["1","2.5"]');
  const blocks = '["a\\nb","c"]';
  expect(shown(texts, blocks)).toBe("a\nb\n---\nc");
  expect(valueOf(texts, shown(texts, blocks))).toBe(blocks);
});

test("a form begins with the defaults, or with the values of an earlier run; never with a secret", () => {
  const ports: Port[] = [
    { name: "size", type: "integer", default: "3" },
    { name: "key", type: "secret" },
  ];
  expect(textsOf(ports)).toEqual({ size: "3", key: "" });
  expect(textsOf(ports, { size: "5", key: "•••" })).toEqual({ size: "5", key: "" });
});

test("what was left out is not sent; an emptied text that has a default is sent as empty", () => {
  const ports: Port[] = [{ name: "size", type: "integer", required: false }, { name: "title", default: "x" }, { name: "name" }];
  expect(valuesOf(ports, { size: " ", title: "", name: "" })).toEqual({ title: "" });
});

test.each([
  ["0.1", "0.2", 1, "0.3"],
  ["10", "-3", 4, "-2"],
  ["1", "0.05", -1, "0.95"],
  ["1e2", "1", 1, "101"],
])("%s and %s times %d are exactly %s", (number, step, times, sum) => {
  const zero: Decimal = { digits: 0n, exponent: 0 };
  expect(stepped(decimal(number) ?? zero, decimal(step) ?? zero, times)).toBe(sum);
});
