import { describe, expect, test } from "vitest";
import { matched } from "./router";

describe("a route", () => {
  test("gives the parameters of a path, decoded", () => {
    expect(matched("/workflows/:name/start", "/workflows/a%20b/start")).toEqual({ name: "a b" });
  });
  test("does not fit another path, nor an empty parameter, nor what cannot be decoded", () => {
    expect(matched("/runs/:run", "/runs")).toBeNull();
    expect(matched("/runs/:run", "/runs/")).toBeNull();
    expect(matched("/runs/:run", "/runs/1/steps")).toBeNull();
    expect(matched("/runs/:run", "/runs/%E0%A4%A")).toBeNull();
  });
  test("does not mind a slash at the end", () => {
    expect(matched("/login", "/login/")).toEqual({});
    expect(matched("/", "/")).toEqual({});
  });
});
