import { expect, test } from "vitest";
import { everything, type Asked } from "./pages";

test("all pages of a list are fetched, each from where the one before ended", async () => {
  const asked: Asked[] = [];
  const pages = [{ items: [1, 2], next: "a" }, { items: [3], next: "b" }, { items: [4] }];
  const found = await everything((query) => Promise.resolve(pages[asked.push(query) - 1] ?? { items: [] }));
  expect(found.items).toEqual([1, 2, 3, 4]);
  expect(asked.map((one) => one.after)).toEqual([undefined, "a", "b"]);
});
