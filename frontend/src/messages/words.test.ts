import { expect, test } from "vitest";
import { ago, duration, grouped, size } from "./words";

test.each([
  [0, "0 s"],
  [59.9, "59 s"],
  [61, "1 min 01 s"],
  [7500, "2 h 05 min"],
  [90_000, "1 d 1 h"],
  [-3, "0 s"],
])("%d seconds are said as %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test.each([
  [999, "999 B"],
  [1000, "1 kB"],
  [25_600, "25.6 kB"],
  [3_400_000, "3.4 MB"],
  [123_456_789, "123 MB"],
  [5e15, "5000 TB"],
])("%d bytes are said as %s", (bytes, words) => {
  expect(size(bytes)).toBe(words);
});

test.each([
  ["76800", "76\u202f800"],
  ["-1234567", "-1\u202f234\u202f567"],
  ["1234", "1234"],
  ["1234.5678", "1234.5678"],
  ["12345 m", "12345 m"],
])("the number %s is shown as %s", (text, shown) => {
  expect(grouped(text)).toBe(shown);
});

test("how long ago is said roughly", () => {
  const now = new Date("2026-11-24T12:00:00Z");
  expect(ago("2026-11-24T11:59:30Z", now)).toBe("just now");
  expect(ago("2026-11-24T11:18:00Z", now)).toBe("42 min ago");
  expect(ago("2026-11-23T11:00:00Z", now)).toBe("1 day ago");
  expect(ago("2026-10-03T12:00:00Z", now)).toBe("3 Oct 2026");
});
