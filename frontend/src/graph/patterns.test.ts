import { expect, test } from "vitest";
import { isQuick, matches } from "./patterns";

test.each(["[A-Z]{2}[0-9]{4}", String.raw`\d+(\.\d+)?`, "abc|def", "(?P<a>x)y", "[(+*]+", String.raw`\(a+\)+`, ".*", "(ab){3}", "[]a]*", "(a|b)c+"])(
  "%s is tried while somebody types",
  (pattern) => expect(isQuick(pattern)).toBe(true),
);

test.each(["(a+)+b", "(a|a)*b", "(a*)*", "((a+))+", "(.*a){12}", "(a?){30}a{30}", ".*.*.*b", "a?a?a?a?a?a?a?aaaaaaa", "(?=(a+)+b)a", "(x+x+)+y", "(a|aa)+", "([a-z]+-)*"])(
  "%s is left to the platform",
  (pattern) => {
    expect(isQuick(pattern)).toBe(false);
    expect(matches(pattern, `${"a".repeat(200)}!`)).toBeNull();
  },
);

test("what is tried says what the platform would say; a long text, or another dialect, is left to it", () => {
  expect(matches("[a-z]+", "abc")).toBe(true);
  expect(matches("[a-z]+", "abC")).toBe(false);
  expect(matches("a|b", "ab")).toBe(false);
  expect(matches("(?P<year>[0-9]{4})", "2026")).toBe(true);
  expect(matches("a*", "a".repeat(1001))).toBeNull();
  expect(matches("(?i)a", "A")).toBeNull();
});
