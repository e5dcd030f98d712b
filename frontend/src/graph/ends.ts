/** The two ends of every wire of a document, and where each has a value: walks every path that a run may take. */
import {
  isWire, type Branch, type Condition, type Doc, type ForEach, type Merge, type Nested, type Node, type Operand, type Repeat, type Source, type Step,
} from "./document";
import { inputsOf, outputsOf, type Library } from "./library";
import { isNumber, mustBeGiven, portOf, type Port } from "./ports";
import { reason, type Reason } from "./telling";
import { branchesOfMerges, idsDefinedIn, isConstruct, nodesOf, standingsOf, within, type Nodes, type Standing } from "./walking";

/** How a value that is passed on differs from where it comes from: itself, one of a list, a list of such. */
export type Shape = "same" | "item" | "list";

/** An end that a value comes from. */
export interface Definition {
  readonly id: string;
  readonly place: string;
  /** Key of the node that defines it; empty for an input of the workflow. */
  readonly key: string;
  /** Null for a workflow input, for what is passed on, and for what is unknown. */
  readonly port: Port | null;
  /** Name of the workflow input that it is. */
  readonly given: string;
  /** What is behind it, if a construct passes it on. */
  readonly passed: { readonly sources: readonly Source[]; readonly shape: Shape } | null;
  /** It is known inside of its node only. */
  readonly inside: boolean;
}

/** What is known of an id in a place: why it may have no value here, or null. */
export interface Known {
  readonly unsure: Reason | null;
}
export type Scope = ReadonlyMap<string, Known>;

/** An end that a value goes to. */
export interface Use {
  readonly id: string;
  readonly place: string;
  readonly key: string;
  readonly port: Port | null;
  readonly needed: boolean;
  /** The id under which it is passed on. */
  readonly into: string;
  readonly shape: Shape;
  readonly known: Known | null;
  /** Set if a condition asks for it: what it is held against there. */
  readonly like: Operand | null;
}

export interface Ends {
  readonly definitions: ReadonlyMap<string, readonly Definition[]>;
  readonly uses: ReadonlyMap<string, readonly Use[]>;
  readonly inOrder: readonly Use[];
  /** Ids that were given to a status page, with their places. */
  readonly statuses: ReadonlyMap<string, string>;
  /** What is known at the end of the document. */
  readonly final: Scope;
  /** What is known where a construct begins, by its uid. */
  readonly before: ReadonlyMap<string, Scope>;
  /** What is known at the end of a construct's sequences, by its uid. */
  readonly after: ReadonlyMap<string, readonly Scope[]>;
}

const SET: Known = { unsure: null };

export function endsOf(doc: Doc, library: Library): Ends {
  const walk = new Walk(doc, library);
  const scope = new Map<string, Known>();
  for (const known of doc.filled) {
    if (known.id === "") continue;
    walk.define({ id: known.id, place: `inputs/${known.name}`, port: portOf({ name: known.name }) });
    scope.set(known.id, SET);
  }
  for (const given of doc.inputs) {
    if (given.id === "") continue;
    walk.define({ id: given.id, place: `inputs/${given.name}`, given: given.name });
    scope.set(given.id, SET);
  }
  const found = walk.sequence(doc.body, scope);
  const uses = new Map<string, Use[]>();
  for (const use of walk.uses) {
    const before = uses.get(use.id);
    if (before) before.push(use);
    else uses.set(use.id, [use]);
  }
  const statuses = new Map<string, string>();
  for (const node of nodesOf(doc.body)) {
    if ((node.kind === "step" || node.kind === "nested") && node.statusId !== "") statuses.set(node.statusId, walk.key(node));
  }
  return {
    definitions: walk.definitions, uses, inOrder: walk.uses, statuses, final: plus(scope, found), before: walk.before, after: walk.after,
  };
}

function plus(scope: Scope, ...more: Scope[]): Map<string, Known> {
  const made = new Map(scope);
  for (const one of more) for (const [id, known] of one) made.set(id, known);
  return made;
}

class Walk {
  readonly definitions = new Map<string, Definition[]>();
  readonly uses: Use[] = [];
  readonly before = new Map<string, Scope>();
  readonly after = new Map<string, readonly Scope[]>();
  private readonly sides = new Map<string, readonly [Scope, Scope]>();
  private readonly branches: ReadonlyMap<string, string>;
  private readonly standings: ReadonlyMap<string, Standing>;

  constructor(
    doc: Doc,
    private readonly library: Library,
  ) {
    this.branches = branchesOfMerges(doc.body);
    this.standings = standingsOf(doc.body);
  }

  key(node: Node): string {
    return this.standings.get(node.uid)?.key ?? "";
  }

  define(found: Partial<Definition> & { id: string; place: string }): void {
    const made: Definition = { key: "", port: null, given: "", passed: null, inside: false, ...found };
    const before = this.definitions.get(made.id);
    if (before) before.push(made);
    else this.definitions.set(made.id, [made]);
  }

  /** Walks a sequence; gives what is known after it that was not before. */
  sequence(nodes: Nodes, scope: Scope): Map<string, Known> {
    const found = new Map<string, Known>();
    const at = new Map(scope);
    for (const node of nodes) {
      if (isConstruct(node)) this.before.set(node.uid, new Map(at));
      for (const [id, known] of this.node(node, at)) {
        found.set(id, known);
        at.set(id, known);
      }
    }
    return found;
  }

  private node(node: Node, scope: Scope): Map<string, Known> {
    switch (node.kind) {
      case "step":
      case "nested":
        return this.step(node, scope);
      case "sequence": {
        const found = this.sequence(node.nodes, scope);
        this.after.set(node.uid, [plus(scope, found)]);
        return found;
      }
      case "parallel": {
        const ends = node.branches.map((branch) => this.sequence(branch, scope));
        this.after.set(node.uid, ends.map((found) => plus(scope, found)));
        return plus(new Map(), ...ends);
      }
      case "branch":
        return this.branch(node, scope);
      case "merge":
        return this.merge(node, scope);
      case "repeat":
        return this.repeat(node, scope);
      case "for-each":
        return this.forEach(node, scope);
    }
  }

  private step(node: Step | Nested, scope: Scope): Map<string, Known> {
    const key = this.key(node);
    const inputs = inputsOf(this.library, node);
    for (const [name, source] of Object.entries(node.inputs)) {
      const port = inputs.get(name) ?? null;
      this.use(source, within(key, name), key, scope, { port, needed: port !== null && mustBeGiven(port) });
    }
    const outputs = outputsOf(this.library, node);
    const found = new Map<string, Known>();
    for (const [name, id] of Object.entries(node.outputs)) {
      this.define({ id, place: within(key, name), key, port: outputs.get(name) ?? null });
      const defaults = node.kind === "step" ? node.onFailure : null;
      const lost = defaults !== null && !Object.hasOwn(defaults, name);
      found.set(id, lost ? { unsure: reason("maybe-failed", { step: key }) } : SET);
    }
    return found;
  }

  private branch(node: Branch, scope: Scope): Map<string, Known> {
    const key = this.key(node);
    this.condition(node.condition, key, scope);
    const then = this.sequence(node.then, scope);
    const otherwise = this.sequence(node.otherwise, scope);
    const sides = [plus(scope, then), plus(scope, otherwise)] as const;
    this.sides.set(node.uid, sides);
    this.after.set(node.uid, sides);
    const found = new Map<string, Known>();
    const unsure = { unsure: reason("maybe-side", { step: key }) };
    for (const id of [...then.keys(), ...otherwise.keys()]) found.set(id, unsure);
    for (const one of node.merged) {
      found.set(one.id, this.passSides(one.id, within(key, one.id), key, [one.then, one.otherwise], sides));
    }
    return found;
  }

  private merge(node: Merge, scope: Scope): Map<string, Known> {
    const key = this.key(node);
    const [then, otherwise] = this.sides.get(this.branches.get(node.uid) ?? "") ?? [scope, scope];
    const sides = [plus(scope, then), plus(scope, otherwise)] as const;
    const known = this.passSides(node.id, key, key, [node.then, node.otherwise], sides);
    return new Map(node.id ? [[node.id, known]] : []);
  }

  private repeat(node: Repeat, scope: Scope): Map<string, Known> {
    const key = this.key(node);
    const carried = new Map<string, Known>();
    for (const one of node.carried) {
      carried.set(one.id, this.pass(one.id, within(key, one.id), key, [[one.first, scope]], [one.next]));
    }
    const early = new Map<string, Known>();
    for (const id of idsDefinedIn(node.body)) early.set(id, { unsure: reason("maybe-round", { step: key }) });
    let body = this.sequence(node.body, plus(early, scope, carried));
    const after = plus(scope, carried, body);
    this.after.set(node.uid, [after]);
    for (const one of node.carried) {
      const known = this.use(one.next, within(key, one.id), key, after, { into: one.id });
      if (known?.unsure === null) continue;
      if (carried.get(one.id)?.unsure) continue;
      carried.set(one.id, { unsure: known?.unsure ?? reason("maybe-after-round", { id: one.next.id }) });
    }
    if (node.askFirst) {
      const unsure = { unsure: reason("maybe-no-round", { step: key }) };
      body = new Map([...body.keys()].map((id) => [id, unsure]));
    }
    this.condition(node.condition, key, plus(scope, carried, body));
    return plus(body, carried);
  }

  private forEach(node: ForEach, scope: Scope): Map<string, Known> {
    const key = this.key(node);
    this.use(node.over, within(key, "over"), key, scope, { needed: true, into: node.item, shape: "item" });
    this.define({ id: node.item, place: within(key, node.item), key, passed: { sources: [node.over], shape: "item" }, inside: true });
    const inside = plus(scope, new Map([[node.item, SET]]));
    const after = plus(inside, this.sequence(node.body, inside));
    this.after.set(node.uid, [after]);
    for (const one of node.gathered) {
      const place = within(key, one.id);
      this.use(one.source, place, key, after, { needed: true, into: one.id, shape: "list" });
      this.define({ id: one.id, place, key, passed: { sources: [one.source], shape: "list" } });
    }
    return new Map(node.gathered.map((one) => [one.id, SET]));
  }

  private passSides(
    id: string, place: string, key: string, sources: readonly [Source | null, Source | null], sides: readonly [Scope, Scope],
  ): Known {
    const pairs: [Source, Scope][] = [];
    if (sources[0]) pairs.push([sources[0], sides[0]]);
    if (sources[1]) pairs.push([sources[1], sides[1]]);
    const known = this.pass(id, place, key, pairs, []);
    return pairs.length < 2 ? { unsure: reason("maybe-merge", { step: place, side: sources[0] ? "else" : "then" }) } : known;
  }

  /** Notes an id that passes on what others define; `more` may be behind it too, and is looked at later. */
  private pass(id: string, place: string, key: string, sources: readonly (readonly [Source, Scope])[], more: readonly Source[]): Known {
    let unsure: Reason | null = null;
    for (const [source, scope] of sources) {
      const known = this.use(source, place, key, scope, { into: id });
      if (!known) unsure ??= reason("maybe-missing");
      else unsure ??= known.unsure;
    }
    if (id !== "") this.define({ id, place, key, passed: { sources: [...sources.map(([source]) => source), ...more], shape: "same" } });
    return { unsure };
  }

  private use(source: Source, place: string, key: string, scope: Scope, how: Partial<Use>): Known | null {
    if (!isWire(source)) return SET;
    const known = scope.get(source.id) ?? null;
    this.uses.push({ port: null, needed: false, into: "", shape: "same", like: null, ...how, id: source.id, place, key, known });
    return known;
  }

  private condition(condition: Condition, key: string, scope: Scope): void {
    for (const [id, like] of asked(condition)) this.use({ id }, within(key, "condition"), key, scope, { needed: true, like });
  }
}

/** Gives the ids that a condition uses, each with what it is held against. */
function* asked(condition: Condition): Generator<[string, Operand]> {
  switch (condition.kind) {
    case "compare": {
      const { left, right } = condition;
      for (const [one, other] of [[left, right], [right, left]] as const) {
        if (!("id" in one)) continue;
        // Numbers alone have an order; whole ones are compared with all others.
        const numeric = "type" in other && isNumber(other.type);
        yield [one.id, numeric || condition.comparison !== "equalTo" ? { type: "decimal", text: "" } : other];
      }
      return;
    }
    case "is-true":
      if ("id" in condition.of) yield [condition.of.id, { type: "boolean", text: "" }];
      return;
    case "not":
      yield* asked(condition.condition);
      return;
    case "all":
    case "any":
      for (const one of condition.conditions) yield* asked(one);
  }
}
