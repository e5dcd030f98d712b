/** The workflow document as the editor keeps it: the JSON form with every default in its place. */

export interface Wire {
  readonly id: string;
}
export interface Constant {
  readonly value: string;
}
/** Where an input gets its value from. */
export type Source = Wire | Constant;
export type Table<T> = Readonly<Record<string, T>>;

/** Where the canvas shows something, seen from the container around it. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export const COMPARISONS = ["greaterThan", "greaterOrEqual", "equalTo", "lessOrEqual", "lessThan"] as const;
export type Comparison = (typeof COMPARISONS)[number];
export const LITERALS = ["integer", "decimal", "boolean", "string"] as const;
export type LiteralType = (typeof LITERALS)[number];
export type Operand = { readonly id: string } | { readonly type: LiteralType; readonly text: string };
export type Condition =
  | { readonly kind: "compare"; readonly comparison: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly kind: "is-true"; readonly of: Operand }
  | { readonly kind: "not"; readonly condition: Condition }
  | { readonly kind: "all" | "any"; readonly conditions: readonly Condition[] };

interface Placed {
  /** Stays the same whatever is changed around it; never written. */
  readonly uid: string;
  readonly at: Point | null;
}
interface Named extends Placed {
  readonly name: string;
  readonly note: string;
}
interface Use extends Named {
  readonly inputs: Table<Source>;
  readonly outputs: Table<string>;
  readonly filled: Table<string>;
  readonly statusId: string;
}

export interface Step extends Use {
  readonly kind: "step";
  readonly service: string;
  /** Seconds. */
  readonly timeOut: number | null;
  readonly retries: number;
  /** Seconds. */
  readonly retryPause: number;
  readonly onFailure: Table<string> | null;
  readonly repeatable: boolean;
}
export interface Nested extends Use {
  readonly kind: "nested";
  readonly workflow: string;
}
export interface Sequence extends Placed {
  readonly kind: "sequence";
  readonly nodes: readonly Node[];
}
export interface Parallel extends Named {
  readonly kind: "parallel";
  readonly branches: readonly (readonly Node[])[];
}
export interface Merged {
  readonly id: string;
  readonly then: Source | null;
  readonly otherwise: Source | null;
}
export interface Branch extends Named {
  readonly kind: "branch";
  readonly condition: Condition;
  readonly then: readonly Node[];
  readonly otherwise: readonly Node[];
  readonly merged: readonly Merged[];
}
export interface Merge extends Named {
  readonly kind: "merge";
  readonly service: string;
  readonly then: Source | null;
  readonly otherwise: Source | null;
  readonly id: string;
  readonly filled: Table<string>;
}
export interface Carried {
  readonly id: string;
  readonly first: Source;
  readonly next: Wire;
}
export interface Repeat extends Named {
  readonly kind: "repeat";
  readonly body: readonly Node[];
  readonly condition: Condition;
  readonly askFirst: boolean;
  readonly carried: readonly Carried[];
  readonly most: number;
}
export interface Gathered {
  readonly id: string;
  readonly source: Source;
}
export interface ForEach extends Named {
  readonly kind: "for-each";
  readonly body: readonly Node[];
  readonly over: Source;
  readonly item: string;
  readonly width: number;
  readonly gathered: readonly Gathered[];
}
export type Node = Step | Nested | Sequence | Parallel | Branch | Merge | Repeat | ForEach;
export type Construct = Sequence | Parallel | Branch | Repeat | ForEach;

/** An input of the workflow, which defines an id, or an output, which repeats one. */
export interface End extends Placed {
  readonly name: string;
  readonly id: string;
}
/** A piece of an XML document that means nothing to us. `owner` is the node in which it stood. */
export interface Unknown {
  readonly owner: string;
  readonly rest: string;
  readonly name: string;
  readonly text: string;
}
/** A place of the canvas that is none of a node or an end. */
export interface Spot {
  readonly owner: string;
  readonly rest: string;
  readonly at: Point;
}

export interface Doc {
  readonly uri: string;
  readonly title: string;
  readonly description: string;
  readonly inputs: readonly End[];
  readonly outputs: readonly End[];
  readonly filled: readonly End[];
  readonly body: readonly Node[];
  readonly spots: readonly Spot[];
  readonly unknown: readonly Unknown[];
}

/** Stands in a condition for what nobody has chosen yet. */
export const OPEN_ID = "?";
export const MOST_ROUNDS = 1000;
export const WIDTH = 10;
export const RETRY_PAUSE = 10;
export const SERVICE_ID = "serviceID";
export const SESSION_TOKEN = "sessionToken";
export const EXTRA_PARAMETERS = "extraParameters";
export const FILLED_IN: readonly string[] = [SERVICE_ID, SESSION_TOKEN, EXTRA_PARAMETERS];

let made = 0;
/** Gives a name for a thing on the canvas; no other has it. */
export function newUid(): string {
  made += 1;
  return `u${made}`;
}

/** Gives what a table has under a name; nothing that objects have by themselves. */
export function entry<T>(table: Table<T>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Gives a table without a name. */
export function without<T>(table: Table<T>, name: string): Table<T> {
  return Object.fromEntries(Object.entries(table).filter(([key]) => key !== name));
}

export function isWire(source: Source | null | undefined): source is Wire {
  return source !== null && source !== undefined && "id" in source;
}

/** Gives the name that people use: the fragment of a URI, or else the last piece of its path. */
export function nameOf(uri: string): string {
  const hash = uri.lastIndexOf("#");
  if (hash >= 0) return uri.slice(hash + 1);
  const path = uri.replace(/\/+$/, "");
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.owl$/, "");
}

/** Makes an empty workflow. */
export function newDocument(name: string, title = ""): Doc {
  const known = (end: string): End => ({ uid: newUid(), at: null, name: end, id: end });
  return {
    uri: `http://tarry/workflow/${name}.owl#${name}`,
    title,
    description: "",
    inputs: [],
    outputs: [],
    filled: [known(SESSION_TOKEN), known(EXTRA_PARAMETERS)],
    body: [],
    spots: [],
    unknown: [],
  };
}
