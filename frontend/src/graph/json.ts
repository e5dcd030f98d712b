/** The JSON form of documents: reading it strictly, with everything that is wrong at once, and writing it. */
import {
  COMPARISONS, LITERALS, MOST_ROUNDS, RETRY_PAUSE, WIDTH, newUid,
  type Condition, type Doc, type End, type Node, type Operand, type Point, type Source, type Spot, type Table, type Unknown,
} from "./document";
import { Form, type Fault } from "./forms";
import { levelOf, standingsOf, type Nodes } from "./walking";
import { reason } from "./telling";

export type { Fault } from "./forms";

/** Reads a document from its JSON text; the document is null if anything is wrong. */
export function readText(text: string): { doc: Doc | null; faults: readonly Fault[] } {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    return { doc: null, faults: [{ pointer: "", reason: reason("json-syntax", { words: error instanceof Error ? error.message : "" }) }] };
  }
  try {
    return readDocument(raw);
  } catch (error) {
    // Somebody's file may nest as deep as it likes; nobody reads that far.
    if (error instanceof RangeError) return { doc: null, faults: [{ pointer: "", reason: reason("json-deep") }] };
    throw error;
  }
}

export function readDocument(raw: unknown): { doc: Doc | null; faults: readonly Fault[] } {
  const form = new Form(raw, "", []);
  const allowed = ["$schema", "format", "uri", "title", "description", "inputs", "outputs", "filled", "body", "canvas", "unknown"];
  form.only(allowed);
  form.constant("format", 1);
  const inputs = form.list("inputs", readEnd);
  const outputs = form.list("outputs", readEnd);
  const body = form.list("body", readNode);
  const doc: Doc = {
    uri: form.text("uri", { needed: true, least: 1 }),
    title: form.text("title"),
    description: form.text("description"),
    inputs,
    outputs,
    filled: form.list("filled", readEnd),
    body,
    spots: [],
    unknown: [],
  };
  const canvas = form.table("canvas", (one) => one.point());
  const unknown = form.list("unknown", (one) => {
    one.only(["place", "name", "text"]);
    return { place: one.text("place", { needed: true }), name: one.text("name", { needed: true, least: 1 }), text: one.text("text", { needed: true }) };
  });
  if (form.faults.length === 0) {
    for (const { key } of standingsOf(body).values()) if (levelOf(key) > 32) form.fault("", reason("json-deep"));
  }
  if (form.faults.length > 0) return { doc: null, faults: form.faults };
  return { doc: placed(doc, canvas, unknown), faults: [] };
}

/** Puts what the canvas knows by places to the things that stand there. */
function placed(doc: Doc, canvas: Table<Point>, unknown: readonly { place: string; name: string; text: string }[]): Doc {
  const uids = new Map([...standingsOf(doc.body).values()].map(({ key, node }) => [key, node.uid]));
  const split = (place: string): { owner: string; rest: string } => {
    const pieces = place.split("/");
    for (let length = pieces.length; length > 0; length -= 1) {
      const owner = uids.get(pieces.slice(0, length).join("/"));
      if (owner !== undefined) return { owner, rest: pieces.slice(length).join("/") };
    }
    return { owner: "", rest: place };
  };
  const own = new Map<string, Point>();
  const spots: Spot[] = [];
  for (const [place, at] of Object.entries(canvas)) {
    const { owner, rest } = split(place);
    if (owner !== "" && rest === "") own.set(owner, at);
    else if (/^(inputs|outputs)\//.test(place)) own.set(place, at);
    else spots.push({ owner, rest, at });
  }
  const end = (what: string) => (one: End): End => ({ ...one, at: own.get(`${what}/${one.name}`) ?? null });
  const node = (one: Node): Node => ({ ...spread(one, node), at: own.get(one.uid) ?? null });
  return {
    ...doc,
    inputs: doc.inputs.map(end("inputs")),
    filled: doc.filled.map(end("inputs")),
    outputs: doc.outputs.map(end("outputs")),
    body: doc.body.map(node),
    spots,
    unknown: unknown.map(({ place, name, text }): Unknown => ({ ...split(place), name, text })),
  };
}

function spread(node: Node, change: (node: Node) => Node): Node {
  switch (node.kind) {
    case "sequence":
      return { ...node, nodes: node.nodes.map(change) };
    case "parallel":
      return { ...node, branches: node.branches.map((nodes) => nodes.map(change)) };
    case "branch":
      return { ...node, then: node.then.map(change), otherwise: node.otherwise.map(change) };
    case "repeat":
    case "for-each":
      return { ...node, body: node.body.map(change) };
    default:
      return node;
  }
}

function readEnd(form: Form): End {
  form.only(["name", "id"]);
  return { uid: newUid(), at: null, name: form.text("name", { needed: true, least: 1 }), id: form.text("id") };
}

function readSource(form: Form): Source {
  if (form.has("value")) {
    form.only(["value"]);
    return { value: form.text("value", { needed: true }) };
  }
  return readWire(form);
}

function readWire(form: Form): { id: string } {
  form.only(["id"]);
  return { id: form.text("id", { needed: true, least: 1 }) };
}

function readOperand(form: Form): Operand {
  for (const type of LITERALS) {
    if (form.has(type)) {
      form.only([type]);
      return { type, text: form.text(type, { needed: true }) };
    }
  }
  form.only(["id"]);
  return { id: form.text("id", { needed: true }) };
}

function readCondition(form: Form): Condition {
  const nothing: Operand = { id: "" };
  if (form.has("compare")) {
    form.only(["compare", "left", "right"]);
    return {
      kind: "compare",
      comparison: form.word("compare", COMPARISONS),
      left: form.record("left", readOperand, nothing),
      right: form.record("right", readOperand, nothing),
    };
  }
  if (form.has("not")) {
    form.only(["not"]);
    return { kind: "not", condition: form.record("not", readCondition, { kind: "is-true", of: nothing }) };
  }
  for (const kind of ["all", "any"] as const) {
    if (form.has(kind)) {
      form.only([kind]);
      return { kind, conditions: form.list(kind, readCondition, { least: 1 }) };
    }
  }
  form.only(["is_true"]);
  return { kind: "is-true", of: form.record("is_true", readOperand, nothing) };
}

const KINDS = ["step", "sequence", "parallel", "branch", "merge", "repeat", "for-each", "nested"] as const;
const NOTHING: Source = { value: "" };

function readNodes(form: Form, name: string, needed = true): Nodes {
  return form.list(name, readNode, { needed });
}

function readUse(form: Form) {
  return {
    inputs: form.table("inputs", readSource),
    outputs: form.texts("outputs", 1),
    filled: form.texts("filled", 0),
    statusId: form.text("status_id"),
  };
}

function readNode(form: Form): Node {
  const kind = form.word("kind", KINDS);
  const base = { uid: newUid(), at: null };
  const named = { ...base, name: form.text("name"), note: form.text("note") };
  switch (kind) {
    case "step":
      form.only(["kind", "service", "name", "inputs", "outputs", "filled", "status_id", "time_out", "retries", "retry_pause", "on_failure", "repeatable", "note"]);
      return {
        ...named, ...readUse(form), kind,
        service: form.text("service", { needed: true, least: 1 }),
        timeOut: form.has("time_out") ? form.seconds("time_out", 0) : null,
        retries: form.whole("retries", 0),
        retryPause: form.seconds("retry_pause", RETRY_PAUSE),
        onFailure: form.has("on_failure") ? form.texts("on_failure", 0) : null,
        repeatable: form.truth("repeatable"),
      };
    case "nested":
      form.only(["kind", "workflow", "name", "inputs", "outputs", "filled", "status_id", "note"]);
      return { ...named, ...readUse(form), kind, workflow: form.text("workflow", { needed: true, least: 1 }) };
    case "sequence":
      form.only(["kind", "nodes"]);
      return { ...base, kind, nodes: readNodes(form, "nodes") };
    case "parallel":
      form.only(["kind", "name", "branches", "note"]);
      return { ...named, kind, branches: form.lists("branches", readNode) };
    case "branch":
      form.only(["kind", "name", "condition", "then", "else", "merged", "note"]);
      return {
        ...named, kind,
        condition: form.record("condition", readCondition, { kind: "all", conditions: [] }),
        then: readNodes(form, "then"),
        otherwise: readNodes(form, "else", false),
        merged: form.list("merged", (one) => {
          one.only(["id", "then", "else"]);
          return { id: one.text("id", { needed: true, least: 1 }), ...readSides(one) };
        }),
      };
    case "merge":
      form.only(["kind", "service", "name", "then", "else", "id", "filled", "note"]);
      return { ...named, kind, service: form.text("service", { needed: true, least: 1 }), ...readSides(form), id: form.text("id"), filled: form.texts("filled", 0) };
    case "repeat":
      form.only(["kind", "name", "ask_first", "carried", "body", "condition", "most", "note"]);
      return {
        ...named, kind,
        askFirst: form.truth("ask_first"),
        carried: form.list("carried", (one) => {
          one.only(["id", "first", "next"]);
          return { id: one.text("id", { needed: true, least: 1 }), first: one.record("first", readSource, NOTHING), next: one.record("next", readWire, { id: "" }) };
        }),
        body: readNodes(form, "body"),
        condition: form.record("condition", readCondition, { kind: "all", conditions: [] }),
        most: form.whole("most", MOST_ROUNDS),
      };
    case "for-each":
      form.only(["kind", "name", "over", "item", "width", "body", "gathered", "note"]);
      return {
        ...named, kind,
        over: form.record("over", readSource, NOTHING),
        item: form.text("item", { needed: true, least: 1 }),
        width: form.whole("width", WIDTH),
        body: readNodes(form, "body"),
        gathered: form.list("gathered", (one) => {
          one.only(["id", "source"]);
          return { id: one.text("id", { needed: true, least: 1 }), source: one.record("source", readSource, NOTHING) };
        }),
      };
  }
}

function readSides(form: Form): { then: Source | null; otherwise: Source | null } {
  return {
    then: form.has("then") ? form.record("then", readSource, NOTHING) : null,
    otherwise: form.has("else") ? form.record("else", readSource, NOTHING) : null,
  };
}
