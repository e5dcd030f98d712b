/** What is behind an id: its rules, through all that passes it on. */
import { isWire, type Source } from "./document";
import type { Definition, Ends, Shape, Use } from "./ends";
import { common, either } from "./fits";
import { itemRefusal, portOf, readList, writeList, type Port, type PortType } from "./ports";
import { Misfit } from "./telling";

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
  leaves(id: string): Leaf[] {
    return this.leavesOf(id, new Set());
  }

  /** Gives every port that an id goes to in the end. */
  targets(id: string): Target[] {
    return this.targetsOf(id, new Set());
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

  private leavesOf(id: string, seen: ReadonlySet<string>): Leaf[] {
    const definition: Definition | undefined = this.ends.definitions.get(id)?.[0];
    if (!definition || seen.has(id)) return [];
    const { place, port, given, passed } = definition;
    if (passed === null) return [{ place, port, given, constant: null }];
    const deeper = new Set(seen).add(id);
    return passed.sources.flatMap((source) => this.sourceLeaves(source, place, deeper)).flatMap((leaf) => shaped(leaf, passed.shape));
  }

  private sourceLeaves(source: Source, place: string, seen: ReadonlySet<string>): Leaf[] {
    return isWire(source) ? this.leavesOf(source.id, seen) : [{ place, port: null, given: "", constant: source.value }];
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

  private targetsOf(id: string, seen: ReadonlySet<string>): Target[] {
    if (seen.has(id)) return [];
    const deeper = new Set(seen).add(id);
    return (this.ends.uses.get(id) ?? []).flatMap((use) => {
      if (use.port !== null) return [{ place: use.place, port: use.port }];
      return use.into === "" ? [] : targetsBefore(use, this.targetsOf(use.into, deeper));
    });
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
