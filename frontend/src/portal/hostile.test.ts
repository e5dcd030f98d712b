/** What services and other users call their things, and the values that they give: taken as what they are. */
import { expect, test } from "vitest";
import { address } from "../api/client";
import { matched } from "./router";
import { changesOf } from "./runs/model/changes";
import { summaryOf } from "./runs/model/run";
import { aRun } from "../run-states/samples";
import { asCurl, asPython } from "./runs/model/snippets";
import { textsOf, valuesOf } from "../inputs/fields";
import type { Port } from "../inputs/rules";

const NAMES = ["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty"];
const PORTS = NAMES.map((name): Port => ({ name }));
const GIVEN = Object.fromEntries(NAMES.map((name) => [name, `value of ${name}`]));

test("a form begins empty for ports that are called like what every object has", () => {
  expect(Object.entries(textsOf(PORTS))).toEqual(NAMES.map((name) => [name, ""]));
  expect(Object.entries(textsOf(PORTS, GIVEN))).toEqual(Object.entries(GIVEN));
});

test("what was typed for them is sent, and what was not is not", () => {
  expect(Object.entries(valuesOf(PORTS, textsOf(PORTS, GIVEN)))).toEqual(Object.entries(GIVEN));
  expect(valuesOf(PORTS, {})).toEqual({});
  expect(JSON.parse(JSON.stringify(valuesOf(PORTS, GIVEN)))).toEqual(GIVEN);
});

test("a run that has no values for them shows and passes on none", () => {
  const empty = aRun({ input_ports: PORTS, output_ports: PORTS });
  expect(summaryOf(empty)).toEqual([]);
  for (const made of [asPython(empty, "http://here"), asCurl(empty, "http://here")]) for (const name of NAMES) expect(made).not.toContain(name);
  expect(changesOf(PORTS, {}, {})).toEqual({});
  expect(Object.entries(changesOf(PORTS, GIVEN, {}))).toEqual(NAMES.map((name) => [name, null]));
  expect(changesOf(PORTS, GIVEN, GIVEN)).toEqual({});
});

test("a value ends neither the shell's word nor the Python text that it stands in", () => {
  const evil = `'; rm -rf ~; echo "\\\n\u2028$(id)\`id\``;
  const run = aRun({ input_ports: [{ name: "word" }], inputs: { word: evil } });
  const sent = /-d '((?:[^']|'\\'')*)' /.exec(asCurl(run, "http://here"))?.[1]?.replaceAll(`'\\''`, "'") ?? "";
  expect((JSON.parse(sent) as { inputs: unknown }).inputs).toEqual({ word: evil });
  expect(asPython(run, "http://here")).toContain(`"word": ${JSON.stringify(evil)}`);
});

test("a name in an address is one piece of it, whatever it holds", () => {
  for (const name of ["../../admin", "a/b?c#d", "javascript:alert(1)", "//evil.example", "%2e%2e"]) {
    const path = address("/api/v1/workflows/{name}", { path: { name } });
    expect(new URL(path, "http://here/x/").pathname).toBe(`/api/v1/workflows/${encodeURIComponent(name)}`);
    expect(matched("/workflows/:name", `/workflows/${encodeURIComponent(name)}`)).toEqual({ name });
  }
});
