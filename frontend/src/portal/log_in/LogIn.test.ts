import { expect, test } from "vitest";
import { local } from "./LogIn";

test.each(["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "\t//evil.example", "evil", "", null])(
  "a log-in does not lead to %j",
  (target) => {
    expect(local(target)).toBe("/");
  },
);

test("a log-in leads to where the visitor wanted to go", () => {
  expect(local("/runs/abc?step=2")).toBe("/runs/abc?step=2");
});
