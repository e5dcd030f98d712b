import { describe, expect, test } from "vitest";
import cases from "../../../tests/unit/workflows/cases.json";
import { readDocument } from "./json";
import { libraryOf, serviceOf, type GivenService } from "./library";
import { problemsOf } from "./rules";
import { writeDocument } from "./writing";
import type { Doc } from "./document";

function documentOf(raw: unknown): Doc {
  const { doc, faults } = readDocument(raw);
  expect(faults).toEqual([]);
  if (!doc) throw new Error("no document");
  return doc;
}

const services = Object.entries(cases.services).map(([uri, given]) => serviceOf({ uri, ...(given as Omit<GivenService, "uri">) }));
const workflows = new Map(Object.entries(cases.workflows).map(([uri, raw]) => [uri, documentOf(raw)]));

describe("the rules keep to the cases that rules in every language are held to", () => {
  test.each(cases.cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const found = problemsOf(documentOf(one.document), libraryOf(services, workflows));
    const told = found.map(({ place, code }) => ({ place, code }));
    const order = (a: { place: string; code: string }, b: { place: string; code: string }) => `${a.place} ${a.code}`.localeCompare(`${b.place} ${b.code}`);
    expect(told.sort(order)).toEqual([...one.problems].sort(order));
  });
});

test.each(cases.cases.map((one) => [one.name, one] as const))("what is read is written as it was, without defaults: %s", (_, one) => {
  const isDefault = (key: string, value: unknown) => (key === "id" && value === "") || (key === "body" && Array.isArray(value) && value.length === 0);
  const plain: unknown = JSON.parse(JSON.stringify(one.document), (key, value: unknown) => (isDefault(key, value) ? undefined : value));
  expect(writeDocument(documentOf(one.document))).toEqual(plain);
});
