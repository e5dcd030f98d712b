/** The rules that a workflow has to keep before it can run; the same as the platform's own. */
import { nameOf, type Doc } from "./document";
import { constructs } from "./constructs";
import { endsOf, type Ends } from "./ends";
import { common } from "./fits";
import { flow } from "./flow";
import type { Library, Ports } from "./library";
import { nesting } from "./nesting";
import { portOf, type Port } from "./ports";
import { Misfit, problem, type Problem } from "./telling";
import { Types } from "./types";
import { using } from "./using";
import { standingsOf } from "./walking";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/** Tells whether something can be the name of a workflow, or of its input or output. */
export function isName(name: string): boolean {
  return NAME.test(name);
}

/** Everything that is known of a document: what is where, what is behind it, what is wrong. */
export interface Judged {
  readonly ends: Ends;
  readonly types: Types;
  readonly problems: readonly Problem[];
  /** Worth knowing, but no problem. */
  readonly notices: readonly Problem[];
  readonly ports: Ports;
}

/** Judges a document. Workflows that stand in it and whose documents are at hand get their ports. */
export function judge(doc: Doc, library: Library): Judged {
  learn(doc, library);
  return judged(doc, library, new Map());
}

/** Tells everything that keeps a workflow from running. */
export function problemsOf(doc: Doc, library: Library): readonly Problem[] {
  return judge(doc, library).problems;
}

function judged(doc: Doc, library: Library, inner: Map<string, readonly Problem[]>): Judged {
  const ends = endsOf(doc, library);
  const types = new Types(ends);
  const standings = [...standingsOf(doc.body).values()];
  const problems = [
    ...whole(doc, standings.some(({ node }) => node.kind === "step" || node.kind === "nested")),
    ...nesting(doc, library),
    ...nestedProblems(doc, library, inner),
    ...twice(ends),
    ...doc.inputs.flatMap((given) => disagreements(given.name, given.id, types)),
    ...standings.flatMap(({ node, key }) => (node.kind === "step" || node.kind === "nested" ? using(node, key, library) : [])),
    ...constructs(doc, ends, types),
    ...flow(doc, ends, types),
  ];
  return { ends, types, problems, notices: notices(doc, ends), ports: portsIn(doc, types) };
}

function nestedProblems(doc: Doc, library: Library, inner: Map<string, readonly Problem[]>): Problem[] {
  const found: Problem[] = [];
  for (const { node, key } of standingsOf(doc.body).values()) {
    if (node.kind !== "nested" || !library.nested.has(node.workflow)) continue;
    const document = library.workflows.get(node.workflow);
    if (!document) continue;
    const known = inner.get(node.workflow) ?? judged(document, library, inner).problems;
    inner.set(node.workflow, known);
    const count = String(known.length);
    if (known.length > 0) found.push(problem(key, "nested-problems", "nested-problems", { name: nameOf(node.workflow), count }));
  }
  return found;
}

function whole(doc: Doc, hasSteps: boolean): Problem[] {
  const found: Problem[] = [];
  const name = nameOf(doc.uri);
  if (!isName(name)) found.push(problem("", "name", "name", { name }));
  if (!hasSteps) found.push(problem("", "empty-workflow", "empty-workflow"));
  for (const what of ["input", "output"] as const) {
    const names = doc[`${what}s`].map((end) => end.name);
    for (const one of new Set(names)) {
      const place = `${what}s/${one}`;
      if (names.filter((other) => other === one).length > 1) found.push(problem(place, `${what}-twice`, `${what}-twice`, { name: one }));
      if (!isName(one)) found.push(problem(place, "name", "name", { name: one }));
    }
  }
  return found;
}

function twice(ends: Ends): Problem[] {
  return [...ends.definitions].flatMap(([id, found]) =>
    found.slice(1).map((again) => problem(again.place, "id-twice", "id-twice", { id, first: found[0]?.place ?? "" })),
  );
}

/** Tells which of the ports that a workflow input goes to no value can satisfy. */
function disagreements(name: string, id: string, types: Types): Problem[] {
  let port: Port | null = null;
  const found: Problem[] = [];
  for (const target of id === "" ? [] : types.targets(id)) {
    try {
      port = port === null ? target.port : common(port, target.port);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      found.push({ place: `inputs/${name}`, code: error.code, reason: error.reason });
    }
  }
  return found;
}

/** Gets the ports of the workflows that stand in a document; what is in trouble is left out. */
function learn(doc: Doc, library: Library): void {
  const trouble = new Set(nesting(doc, library).map((one) => one.place));
  for (const { node, key } of standingsOf(doc.body).values()) {
    if (node.kind !== "nested" || trouble.has(key) || library.nested.has(node.workflow)) continue;
    const inner = library.workflows.get(node.workflow);
    if (!inner) continue;
    learn(inner, library);
    library.nested.set(node.workflow, portsIn(inner, new Types(endsOf(inner, library))));
  }
}

/** Gives the ports of a workflow, which follow from what its inputs and outputs are wired to. */
function portsIn(doc: Doc, types: Types): Ports {
  return {
    inputs: doc.inputs.map((given) => (given.id === "" ? portOf({ name: given.name, required: false }) : types.inputPort(given.name))),
    outputs: doc.outputs.map((shown) => {
      const port = shown.id === "" ? null : types.portOf(shown.id);
      if (port) return { ...port, name: shown.name, default: null };
      return portOf({ name: shown.name, required: shown.id !== "" && types.leaves(shown.id).length > 0 });
    }),
  };
}

function notices(doc: Doc, ends: Ends): Problem[] {
  const found: Problem[] = [];
  const shown = new Set(doc.outputs.map((one) => one.id));
  for (const given of doc.inputs) {
    const used = given.id !== "" && (ends.uses.has(given.id) || shown.has(given.id));
    if (!used) found.push(problem(`inputs/${given.name}`, "unused-input", "unused-input", { port: given.name }));
  }
  for (const one of doc.outputs) {
    const given = one.id === "" ? "" : (ends.definitions.get(one.id)?.[0]?.given ?? "");
    if (given !== "") found.push(problem(`outputs/${one.name}`, "passed-on", "passed-on", { port: one.name, given }));
  }
  return found;
}
