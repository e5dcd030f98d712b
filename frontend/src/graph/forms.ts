/** Reads JSON strictly: notes what is wrong and goes on, so that everything is told at once. */
import type { Point, Table } from "./document";
import { reason, type Reason } from "./telling";

/** Something wrong at a JSON pointer such as `/body/0/inputs`. */
export interface Fault {
  readonly pointer: string;
  readonly reason: Reason;
}

const MOST = 999_999_999;

export class Form {
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    private readonly raw: unknown,
    private readonly pointer: string,
    readonly faults: Fault[],
  ) {
    const fine = typeof raw === "object" && raw !== null && !Array.isArray(raw);
    this.fields = fine ? (raw as Record<string, unknown>) : {};
    if (!fine && !Array.isArray(raw)) this.fault("", reason("json-type", { wanted: "object" }));
  }

  fault(name: string, why: Reason): void {
    const escaped = name.replace(/~/g, "~0").replace(/\//g, "~1");
    this.faults.push({ pointer: name === "" ? this.pointer : `${this.pointer}/${escaped}`, reason: why });
  }

  has(name: string): boolean {
    return Object.hasOwn(this.fields, name);
  }

  only(names: readonly string[]): void {
    if (Array.isArray(this.raw)) this.fault("", reason("json-type", { wanted: "object" }));
    for (const name of Object.keys(this.fields)) if (!names.includes(name)) this.fault(name, reason("json-unknown", { name, known: names.join(", ") }));
  }

  constant(name: string, value: unknown): void {
    if (this.needs(name) && this.fields[name] !== value) this.fault(name, reason("json-value", { wanted: String(value) }));
  }

  text(name: string, how: { needed?: boolean; least?: number } = {}): string {
    if (!this.has(name)) {
      if (how.needed) this.fault(name, reason("json-missing", { name }));
      return "";
    }
    return this.asText(name, this.fields[name], how.least ?? 0);
  }

  private asText(name: string, value: unknown, least: number): string {
    if (typeof value !== "string") this.fault(name, reason("json-type", { wanted: "text" }));
    else if (value.length < least) this.fault(name, reason("json-value", { wanted: "…" }));
    else return value;
    return "";
  }

  word<W extends string>(name: string, words: readonly [W, ...W[]]): W {
    const value = this.fields[name];
    const found = words.find((word) => word === value);
    if (!this.has(name)) this.fault(name, reason("json-missing", { name }));
    else if (found === undefined) this.fault(name, reason("json-value", { wanted: words.join(", ") }));
    return found ?? words[0];
  }

  truth(name: string): boolean {
    const value = this.fields[name];
    if (this.has(name) && typeof value !== "boolean") this.fault(name, reason("json-type", { wanted: "truth" }));
    return value === true;
  }

  whole(name: string, otherwise: number): number {
    const value = this.has(name) ? this.fields[name] : otherwise;
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST) return value;
    this.fault(name, reason("json-type", { wanted: "whole" }));
    return otherwise;
  }

  seconds(name: string, otherwise: number): number {
    const value = this.has(name) ? this.fields[name] : otherwise;
    if (typeof value === "number" && value >= 0 && value <= MOST) return value;
    this.fault(name, reason("json-type", { wanted: "number" }));
    return otherwise;
  }

  /** Reads what is itself a point: `[x, y]`. */
  point(): Point {
    const value = this.raw as unknown[];
    const fine = Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "number" && Math.abs(one) <= MOST);
    if (!fine) this.fault("", reason("json-type", { wanted: "point" }));
    const [x, y] = fine ? (value as [number, number]) : [0, 0];
    return { x, y };
  }

  record<T>(name: string, read: (form: Form) => T, otherwise: T): T {
    if (!this.needs(name)) return otherwise;
    return read(this.inner(name));
  }

  list<T>(name: string, read: (form: Form) => T, how: { needed?: boolean; least?: number } = {}): T[] {
    if (!this.has(name)) {
      if (how.needed || how.least) this.fault(name, reason("json-missing", { name }));
      return [];
    }
    const value = this.fields[name];
    if (!Array.isArray(value)) {
      this.fault(name, reason("json-type", { wanted: "list" }));
      return [];
    }
    if (value.length < (how.least ?? 0)) this.fault(name, reason("json-value", { wanted: "…" }));
    return value.map((one, index) => read(new Form(one, `${this.pointer}/${name}/${index}`, this.faults)));
  }

  lists<T>(name: string, read: (form: Form) => T): T[][] {
    if (!this.needs(name)) return [];
    const value = this.fields[name];
    if (!Array.isArray(value)) {
      this.fault(name, reason("json-type", { wanted: "list" }));
      return [];
    }
    return value.map((one, index) => new Form({ [String(index)]: one as unknown }, `${this.pointer}/${name}`, this.faults).list(String(index), read));
  }

  table<T>(name: string, read: (form: Form) => T): Table<T> {
    if (!this.has(name)) return {};
    const value = this.fields[name];
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.fault(name, reason("json-type", { wanted: "object" }));
      return {};
    }
    const inner = this.inner(name);
    return Object.fromEntries(Object.keys(value).map((key) => [key, read(inner.inner(key))]));
  }

  texts(name: string, least: number): Table<string> {
    if (!this.has(name)) return {};
    const value = this.fields[name];
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.fault(name, reason("json-type", { wanted: "object" }));
      return {};
    }
    const inner = this.inner(name);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inner.asText(key, one, least)]));
  }

  private needs(name: string): boolean {
    if (!this.has(name)) this.fault(name, reason("json-missing", { name }));
    return this.has(name);
  }

  private inner(name: string): Form {
    const escaped = name.replace(/~/g, "~0").replace(/\//g, "~1");
    return new Form(this.fields[name], `${this.pointer}/${escaped}`, this.faults);
  }
}
