import { expect, test } from "vitest";
import type { Me } from "../../api/session";
import { endOf, isLongEnough, manages, mayBeEmail, scopesOf, toggled } from "./people";

const me = (rights: Me["rights"]): Me => ({ user: "me", project: "p", email: "", roles: [], rights, run: null, upload_limit: 1 });

test("only who may manage sees the administration", () => {
  expect(manages(me(["read", "run", "develop"]))).toBe(false);
  expect(manages(me(["read", "admin"]))).toBe(true);
  expect(manages(me(["operate"]))).toBe(true);
});

test("a token can have the scopes that its maker has rights to", () => {
  expect(scopesOf(me(["run", "read"]))).toEqual(["read", "run"]);
});

test("the signs of a password are counted, not their bytes", () => {
  expect(isLongEnough("🔑🔑🔑🔑")).toBe(false);
  expect(isLongEnough("12345678")).toBe(true);
});

test.each([
  ["", true],
  ["a@b.example", true],
  ["a.example", false],
  ["a@b c", false],
])("%j may be an e-mail address: %j", (typed, may) => {
  expect(mayBeEmail(typed)).toBe(may);
});

test("a token ends so many days from now, or never", () => {
  const now = new Date("2026-11-24T12:00:00Z");
  expect(endOf("7", now)).toBe("2026-12-01T12:00:00.000Z");
  expect(endOf(" ", now)).toBeNull();
  for (const typed of ["0", "3651", "-1", "soon", "1.5"]) expect(endOf(typed, now)).toBeUndefined();
});

test("roles keep their order", () => {
  expect(toggled(["developer"], "viewer", true)).toEqual(["viewer", "developer"]);
  expect(toggled(["viewer", "developer"], "viewer", false)).toEqual(["developer"]);
});
