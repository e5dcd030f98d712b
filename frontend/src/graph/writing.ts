/** Writing a document in its JSON form, as the platform would: what is at its default is left out. */
import { MOST_ROUNDS, RETRY_PAUSE, WIDTH, type Condition, type Doc, type End, type Node, type Operand, type Point, type Source } from "./document";
import { standingsOf, within, type Nodes } from "./walking";

type Json = Record<string, unknown>;

/** Gives the document as JSON-ready data. */
export function writeDocument(doc: Doc): Json {
  const canvas = canvasOf(doc);
  const standings = standingsOf(doc.body);
  const unknown = doc.unknown.flatMap(({ owner, rest, name, text }) => {
    const key = owner === "" ? "" : standings.get(owner)?.key;
    return key === undefined ? [] : [{ place: within(key, rest), name, text }];
  });
  return {
    format: 1,
    uri: doc.uri,
    ...filled("title", doc.title),
    ...filled("description", doc.description),
    ...many("inputs", doc.inputs.map(end)),
    ...many("outputs", doc.outputs.map(end)),
    ...many("filled", doc.filled.map(end)),
    ...many("body", nodes(doc.body)),
    ...(Object.keys(canvas).length > 0 ? { canvas } : {}),
    ...many("unknown", unknown),
  };
}

/** Gives the document as JSON text, indented so that versions can be compared. */
export function writeText(doc: Doc): string {
  return `${JSON.stringify(writeDocument(doc), null, 2)}\n`;
}

function canvasOf(doc: Doc): Record<string, [number, number]> {
  const found: [string, [number, number]][] = [];
  const note = (place: string, at: Point | null) => {
    if (at) found.push([place, [Math.round(at.x), Math.round(at.y)]]);
  };
  const standings = standingsOf(doc.body);
  for (const one of [...doc.inputs, ...doc.filled]) note(`inputs/${one.name}`, one.at);
  for (const one of doc.outputs) note(`outputs/${one.name}`, one.at);
  for (const { key, node } of standings.values()) note(key, node.at);
  for (const { owner, rest, at } of doc.spots) {
    const key = owner === "" ? "" : standings.get(owner)?.key;
    if (key !== undefined) note(within(key, rest), at);
  }
  return Object.fromEntries(found);
}

function filled(name: string, text: string): Json {
  return text === "" ? {} : { [name]: text };
}

function many(name: string, list: readonly unknown[]): Json {
  return list.length === 0 ? {} : { [name]: list };
}

function table(name: string, one: Readonly<Record<string, unknown>>): Json {
  return Object.keys(one).length === 0 ? {} : { [name]: one };
}

function end(one: End): Json {
  return { name: one.name, ...filled("id", one.id) };
}

function source(one: Source): Json {
  return { ...one };
}

function sides(one: { then: Source | null; otherwise: Source | null }): Json {
  return { ...(one.then ? { then: source(one.then) } : {}), ...(one.otherwise ? { else: source(one.otherwise) } : {}) };
}

function operand(one: Operand): Json {
  return "id" in one ? { id: one.id } : { [one.type]: one.text };
}

export function writeCondition(one: Condition): Json {
  switch (one.kind) {
    case "compare":
      return { compare: one.comparison, left: operand(one.left), right: operand(one.right) };
    case "is-true":
      return { is_true: operand(one.of) };
    case "not":
      return { not: writeCondition(one.condition) };
    case "all":
    case "any":
      return { [one.kind]: one.conditions.map(writeCondition) };
  }
}

function nodes(all: Nodes): Json[] {
  return all.map(node);
}

function node(one: Node): Json {
  switch (one.kind) {
    case "step":
      return {
        kind: one.kind,
        service: one.service,
        ...filled("name", one.name),
        ...table("inputs", one.inputs),
        ...table("outputs", one.outputs),
        ...table("filled", one.filled),
        ...filled("status_id", one.statusId),
        ...(one.timeOut === null ? {} : { time_out: one.timeOut }),
        ...(one.retries === 0 ? {} : { retries: one.retries }),
        ...(one.retryPause === RETRY_PAUSE ? {} : { retry_pause: one.retryPause }),
        ...(one.onFailure === null ? {} : { on_failure: one.onFailure }),
        ...(one.repeatable ? { repeatable: true } : {}),
        ...filled("note", one.note),
      };
    case "nested":
      return {
        kind: one.kind,
        workflow: one.workflow,
        ...filled("name", one.name),
        ...table("inputs", one.inputs),
        ...table("outputs", one.outputs),
        ...table("filled", one.filled),
        ...filled("status_id", one.statusId),
        ...filled("note", one.note),
      };
    case "sequence":
      return { kind: one.kind, nodes: nodes(one.nodes) };
    case "parallel":
      return { kind: one.kind, ...filled("name", one.name), branches: one.branches.map(nodes), ...filled("note", one.note) };
    case "branch":
      return {
        kind: one.kind,
        ...filled("name", one.name),
        condition: writeCondition(one.condition),
        then: nodes(one.then),
        ...many("else", nodes(one.otherwise)),
        ...many("merged", one.merged.map((each) => ({ id: each.id, ...sides(each) }))),
        ...filled("note", one.note),
      };
    case "merge":
      return { kind: one.kind, service: one.service, ...filled("name", one.name), ...sides(one), ...filled("id", one.id), ...table("filled", one.filled), ...filled("note", one.note) };
    case "repeat":
      return {
        kind: one.kind,
        ...filled("name", one.name),
        ...(one.askFirst ? { ask_first: true } : {}),
        ...many("carried", one.carried.map((each) => ({ id: each.id, first: source(each.first), next: { id: each.next.id } }))),
        body: nodes(one.body),
        condition: writeCondition(one.condition),
        ...(one.most === MOST_ROUNDS ? {} : { most: one.most }),
        ...filled("note", one.note),
      };
    case "for-each":
      return {
        kind: one.kind,
        ...filled("name", one.name),
        over: source(one.over),
        item: one.item,
        ...(one.width === WIDTH ? {} : { width: one.width }),
        body: nodes(one.body),
        ...many("gathered", one.gathered.map((each) => ({ id: each.id, source: source(each.source) }))),
        ...filled("note", one.note),
      };
  }
}
