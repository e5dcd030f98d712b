/** What is behind an id: its rules, through all that passes it on. */
import { isWire } from "./document";
import type { Definition, Ends, Shape, Use } from "./ends";
import { common, either } from "./fits";
import { itemRefusal, portOf, readList, writeList, type Port, type PortType } from "./ports";
import { Misfit } from "./telling";

/** So many things behind one id are looked at, and so many lists in each other. */
const MOST_LEAVES = 256;
const MOST_SHAPES = 6;

/** One of the things that may be behind an id. */
export interface Leaf {
  readonly place: string;
  readonly port: Port | null;
  /** Name of the workflow input that it is. */
  readonly given: string;
  /** Its lexical form, if it stands in the document. */
  readonly constant: string | null;
}

/** A port that a value goes to in the end, and its place. */
export interface Target {
  readonly place: string;
  readonly port: Port;
}

/** Does something; gives null if that is a misfit. */
function fitted<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Misfit) return null;
    throw error;
  }
}

export class Types {
  private readonly inputs = new Map<string, Port>();
  private readonly busy = new Set<string>();
  private readonly known = new Map<string, Port | null>();
  private readonly foundLeaves = new Map<string, readonly Leaf[]>();
  private readonly foundTargets = new Map<string, readonly Target[]>();

  constructor(private readonly ends: Ends) {}

  /** Gives the rules of what is behind an id, as far as they are known. */
  portOf(id: string): Port | null {
    if (this.busy.size === 0 && this.known.has(id)) return this.known.get(id) ?? null;
    let found: Port | null = null;
    for (const port of this.ports(id)) {
      const before: Port | null = found;
      found = before === null ? port : (fitted(() => either(before, port)) ?? before);
    }
    if (this.busy.size === 0) this.known.set(id, found);
    return found;
  }

  /** Holds what may be behind an id against each other; gives the misfit. */
  meeting(id: string): Misfit | null {
    let found: Port | null = null;
    try {
      for (const port of this.ports(id)) found = found === null ? port : either(found, port);
    } catch (error) {
      if (error instanceof Misfit) return error;
      throw error;
    }
    return null;
  }

  /** Gives everything that may be behind an id. */
  leaves(id: string): readonly Leaf[] {
    const known = this.foundLeaves.get(id);
    if (known) return known;
    const found = this.findLeaves(id);
    this.foundLeaves.set(id, found);
    return found;
  }

  /** Gives every port that an id goes to in the end. */
  targets(id: string): readonly Target[] {
    return this.targetsOf(id, new Set()).found;
  }

  /** Tells whether a secret is behind an id, or may be. */
  isSecret(id: string): boolean {
    const names = new Set(this.leaves(id).filter((leaf) => leaf.given !== "").map((leaf) => leaf.given));
    if (names.size === 0) return false;
    for (const found of this.ends.definitions.values()) {
      for (const one of found) if (names.has(one.given) && this.targets(one.id).some((target) => target.port.type === "secret")) return true;
    }
    return false;
  }

  /** Gives what fits every port that a workflow input goes to, as far as they agree. */
  inputPort(given: string): Port {
    if (!this.inputs.has(given) && !this.busy.has(given)) {
      this.busy.add(given);
      this.inputs.set(given, this.inputPortOf(given));
      this.busy.delete(given);
    }
    return this.inputs.get(given) ?? portOf({ name: given });
  }

  private inputPortOf(given: string): Port {
    let id = "";
    for (const [key, found] of this.ends.definitions) if (found.some((one) => one.given === given)) id ||= key;
    let port: Port | null = null;
    for (const target of this.targets(id)) {
      const before: Port | null = port;
      port = before === null ? target.port : (fitted(() => common(before, target.port)) ?? before);
    }
    const asked = this.usesThrough(id).filter((use) => use.like !== null);
    if (port === null && asked.length === 0) return portOf({ name: given, required: false });
    port ??= portOf({ name: given, type: this.askedType(asked) });
    return { ...port, name: given, required: port.required || asked.length > 0 };
  }

  private askedType(uses: readonly Use[]): PortType {
    for (const { like } of uses) {
      if (like && "type" in like) return like.type;
      const port = like ? this.portOf(like.id) : null;
      if (port) return port.type;
    }
    return "string";
  }

  /** Gives the rules of everything that may be behind an id; constants come last. */
  private ports(id: string): Port[] {
    const leaves = this.leaves(id);
    const found: Port[] = [];
    for (const leaf of leaves) {
      const port = leaf.given === "" ? leaf.port : this.givenPort(leaf);
      if (port) found.push(port);
    }
    for (const leaf of leaves) {
      if (leaf.constant !== null && !isTaken(found, leaf.constant)) found.push(constantPort(leaf.constant));
    }
    return found;
  }

  private givenPort(leaf: Leaf): Port {
    // Of a list that is passed on item by item, the leaf says so.
    const port = this.inputPort(leaf.given);
    return leaf.port ? { ...port, many: leaf.port.many } : port;
  }

  /** Walks back along what passes a value on; each way is gone once. */
  private findLeaves(id: string): Leaf[] {
    const found = new Map<string, Leaf>();
    const seen = new Set<string>();
    const ahead: { readonly id: string; readonly shapes: readonly Shape[] }[] = [{ id, shapes: [] }];
    const note = (leaf: Leaf, shapes: readonly Shape[]) => {
      for (const one of shapes.reduce<Leaf[]>((all, shape) => all.flatMap((each) => shaped(each, shape)), [leaf])) {
        found.set(JSON.stringify([one.place, one.given, one.constant, one.port?.many]), one);
      }
    };
    for (let at = ahead.pop(); at !== undefined && found.size < MOST_LEAVES; at = ahead.pop()) {
      const name = JSON.stringify([at.id, at.shapes]);
      const definition: Definition | undefined = this.ends.definitions.get(at.id)?.[0];
      if (!definition || seen.has(name) || at.shapes.length > MOST_SHAPES) continue;
      seen.add(name);
      const { place, port, given, passed } = definition;
      if (passed === null) {
        note({ place, port, given, constant: null }, at.shapes);
        continue;
      }
      const shapes = passed.shape === "same" ? at.shapes : [passed.shape, ...at.shapes];
      for (const source of passed.sources.toReversed()) {
        if (isWire(source)) ahead.push({ id: source.id, shapes });
        else note({ place, port: null, given: "", constant: source.value }, shapes);
      }
    }
    return [...found.values()];
  }

  /** Gives the uses of an id, those of the ids that pass it on as it is included. */
  private usesThrough(id: string): Use[] {
    const found: Use[] = [];
    const seen = new Set([id]);
    const ahead = [id];
    for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
      for (const use of this.ends.uses.get(at) ?? []) {
        found.push(use);
        if (use.into !== "" && use.shape === "same" && !seen.has(use.into)) {
          seen.add(use.into);
          ahead.push(use.into);
        }
      }
    }
    return found;
  }

  /** Walks forth to the ports; what was found on the whole way is remembered, what a circle cut short is not. */
  private targetsOf(id: string, seen: ReadonlySet<string>): { found: readonly Target[]; whole: boolean } {
    const known = this.foundTargets.get(id);
    if (known) return { found: known, whole: true };
    if (seen.has(id)) return { found: [], whole: false };
    const deeper = new Set(seen).add(id);
    let whole = true;
    const found = new Map<string, Target>();
    for (const use of this.ends.uses.get(id) ?? []) {
      let targets: readonly Target[] = [];
      if (use.port !== null) targets = [{ place: use.place, port: use.port }];
      else if (use.into !== "") {
        const inner = this.targetsOf(use.into, deeper);
        whole &&= inner.whole;
        targets = targetsBefore(use, inner.found);
      }
      for (const one of targets) found.set(JSON.stringify([one.place, one.port.many, one.port.required]), one);
    }
    const all = [...found.values()];
    if (whole || seen.size === 0) this.foundTargets.set(id, all);
    return { found: all, whole };
  }
}

/** Gives what goes to a construct, seen from what comes out of it. */
function targetsBefore(use: Use, targets: readonly Target[]): Target[] {
  switch (use.shape) {
    case "same":
      return [...targets];
    case "item": {
      const found = targets.length > 0 ? targets : [{ place: use.place, port: portOf({}) }];
      return found.filter((one) => !one.port.many).map((one) => ({ ...one, port: { ...one.port, many: true, required: true, default: null } }));
    }
    case "list":
      return targets.filter((one) => one.port.many).map((one) => ({ ...one, port: { ...one.port, many: false } }));
  }
}

function shaped(leaf: Leaf, shape: Shape): Leaf[] {
  if (shape === "same") return [leaf];
  if (leaf.constant !== null) {
    if (shape === "list") return [{ ...leaf, constant: writeList([leaf.constant]) }];
    return (readList(leaf.constant) ?? []).map((constant) => ({ ...leaf, constant }));
  }
  const port = leaf.port ?? (leaf.given === "" ? null : portOf({ name: leaf.given }));
  return [{ ...leaf, port: port && { ...port, many: shape === "list" } }];
}

/** Gives the rules of a value that stands in the document: its form alone tells its type. */
export function constantPort(text: string): Port {
  if (/^[+-]?[0-9]+$/.test(text)) return portOf({ type: "integer" });
  if (/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text)) return portOf({ type: "decimal" });
  if (text === "true" || text === "false") return portOf({ type: "boolean" });
  const items = readList(text);
  const found = items && fitted(() => items.map(constantPort).reduce<Port | null>((port, other) => (port ? either(port, other) : other), null) ?? portOf({}));
  return found ? { ...found, many: true } : portOf({ type: text.includes("\n") ? "text" : "string" });
}

/** Tells whether a constant is one of the values that come from elsewhere too. */
function isTaken(ports: readonly Port[], text: string): boolean {
  return ports.some((port) => {
    const loose: Port = { ...port, minimum: null, maximum: null, step: null, pattern: "", accept: [] };
    const items = port.many ? readList(text) : [text];
    return items?.every((item) => itemRefusal(loose, item) === null) ?? false;
  });
}
