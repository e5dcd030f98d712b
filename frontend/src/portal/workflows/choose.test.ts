import { expect, test } from "vitest";
import { choose } from "./choose";
import { read } from "./favourites";

const of = (name: string, title = "", category = "") => ({ name, title, description: "", category, company: "" });
const all = [of("W", "Wait"), of("M", "Mesh a part", "Meshing"), of("H", "Heat in a part", "Solvers")];
const names = (search: string, category = "") => choose(all, { search, category }).map((one) => one.name);

test("all words have to be found, in any of the texts, whatever their case", () => {
  expect(names("PART a")).toEqual(["H", "M"]);
  expect(names("part mesh")).toEqual(["M"]);
  expect(names("nothing")).toEqual([]);
});

test("without words, all of a category are found, by title", () => {
  expect(names("")).toEqual(["H", "M", "W"]);
  expect(names("", "Solvers")).toEqual(["H"]);
});

test("favourites that cannot be read are none", () => {
  expect(read("{")).toEqual(new Set());
  expect(read('{"a":1}')).toEqual(new Set());
  expect(read('["a",1]')).toEqual(new Set(["a"]));
});
