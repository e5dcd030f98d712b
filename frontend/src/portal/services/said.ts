/** What is said of a service besides its WSDL: pure rules. */
import type { Schemas } from "../../api/client";
import { text } from "../../messages/en";

export type Port = Schemas["PortAnswer"];
export type Correction = Schemas["CorrectionOrder"];
export type Corrections = Readonly<Record<string, Correction>>;
export type Side = "inputs" | "outputs";
export type Kind = Schemas["Kind"];
export type Service = Schemas["ServiceAnswer"];
export type PortType = Schemas["PortType"];

export const KINDS: readonly Kind[] = ["synchronous", "asynchronous", "application"];
const TYPES: readonly PortType[] = ["string", "text", "integer", "decimal", "boolean", "date-time", "choice", "file", "folder", "secret"];

/** What can be corrected in a form; each a text. */
export interface Said {
  readonly type: string;
  readonly title: string;
  readonly unit: string;
  readonly default: string;
}
export const FIELDS = ["type", "title", "unit", "default"] as const;

/** Names a port as corrections do. */
export function placeOf(side: Side, name: string): string {
  return `${side}/${name}`;
}

/** Tells what a port is, as the form shows it. */
export function saidOf(port: Port): Said {
  return { type: port.type ?? "string", title: port.title ?? "", unit: port.unit ?? "", default: port.default ?? "" };
}

/** Gives the types that a port may be said to have: a text can be anything, a number stays one. */
export function typesOf(port: Port, side: Side, said: Correction = {}): readonly PortType[] {
  const own = (port.type ?? "string") as PortType;
  if (!said.type && ["integer", "decimal", "boolean", "date-time"].includes(own)) return [own];
  return TYPES.filter((type) => {
    if (type === "choice") return (port.choices ?? []).length > 0;
    if (type === "secret") return side === "inputs" && !port.many;
    return true;
  });
}

/** Tells whether a unit can be said of a type. */
export function hasUnit(type: string): boolean {
  return type === "integer" || type === "decimal";
}

/** Tells whether a default can be said of a type. */
export function hasDefault(type: string, side: Side): boolean {
  return side === "inputs" && type !== "secret" && type !== "file" && type !== "folder";
}

/**
 * Gives a correction with one thing said differently; what is as the WSDL has it is left out.
 * `said`: what the port as it is given here owes to an earlier correction.
 */
export function corrected(port: Port, before: Correction | undefined, field: keyof Said, value: string, said: Correction = {}): Correction {
  const rest = without(before ?? {}, field);
  const asWsdl = (said[field] ?? null) === null && value === saidOf(port)[field];
  const cleared = field === "default" && value === "";
  const next: Correction = asWsdl || cleared ? rest : { ...rest, [field]: value };
  const type = next.type ?? port.type ?? "string";
  if (hasUnit(type)) return next;
  return without(next, "unit");
}

function without<T extends object>(all: T, name: string): T {
  return Object.fromEntries(Object.entries(all).filter(([one]) => one !== name)) as T;
}

/** Puts a correction among others; one that says nothing is left out. */
export function withCorrection(all: Corrections, place: string, one: Correction): Corrections {
  const rest = without(all, place);
  return tidy(one).length ? { ...rest, [place]: one } : rest;
}

/** Gives what an edit has to say so that exactly these corrections hold: an empty one takes one back. */
export function changedCorrections(before: Corrections, after: Corrections): Corrections {
  const changed: Record<string, Correction> = {};
  for (const place of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const now = after[place] ?? {};
    if (JSON.stringify(tidy(before[place] ?? {})) !== JSON.stringify(tidy(now))) changed[place] = now;
  }
  return changed;
}

function tidy(one: Correction): [string, unknown][] {
  return Object.entries(one as Record<string, unknown>).filter(([, value]) => value !== null).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Reads the limit of runs: a number, null for none, undefined for what is neither. */
export function limitOf(typed: string): number | null | undefined {
  const trimmed = typed.trim();
  if (trimmed === "") return null;
  return /^[1-9][0-9]{0,5}$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** Tells whether an address is worth looking at. */
export function isAddress(typed: string): boolean {
  return URL.canParse(typed.trim()) && /^https?:\/\/[^/]/i.test(typed.trim());
}

/** Says in which range a port's values are: `1 … 10 mm`, `a, b, c`. */
export function allowedOf(port: Port): string {
  const unit = port.unit ? ` ${port.unit}` : "";
  if ((port.choices ?? []).length) return (port.choices ?? []).join(", ");
  if (port.minimum !== undefined && port.maximum !== undefined) return `${port.minimum} … ${port.maximum}${unit}`;
  if (port.minimum !== undefined) return `≥ ${port.minimum}${unit}`;
  if (port.maximum !== undefined) return `≤ ${port.maximum}${unit}`;
  if (port.accept?.length) return port.accept.join(", ");
  return port.unit ?? "";
}

const words = text.services.differences;
const OF_PORTS = ["type", "many", "unit", "default", "title", "required", "minimum", "maximum"] as const;
const OF_ITSELF = ["kind", "wsdl", "operation", "most_runs", "category", "company"] as const;

/** Says in words what is different in a version of a service. */
export function differences(older: Service, newer: Service): readonly string[] {
  const found: string[] = [];
  for (const what of OF_ITSELF) {
    const [was, is] = [shown(older[what]), shown(newer[what])];
    if (was !== is) found.push(words.itself(words.whats[what], was, is));
  }
  for (const side of ["inputs", "outputs"] as const) found.push(...ofPorts(side, older[side], newer[side]));
  return found;
}

function ofPorts(side: Side, older: readonly Port[], newer: readonly Port[]): string[] {
  const found: string[] = [];
  const before = new Map(older.map((port) => [port.name ?? "", port]));
  const after = new Map(newer.map((port) => [port.name ?? "", port]));
  for (const [name, port] of after) {
    const was = before.get(name);
    const place = words.place[side](name);
    if (!was) found.push(words.added(place));
    else {
      for (const what of OF_PORTS) {
        const [from, to] = [shown(was[what]), shown(port[what])];
        if (from !== to) found.push(words.other(place, words.whats[what], from, to));
      }
    }
  }
  for (const name of before.keys()) if (!after.has(name)) found.push(words.removed(words.place[side](name)));
  return found;
}

function shown(value: string | number | boolean | null | undefined): string {
  return value === undefined || value === null || value === "" ? words.nothing : String(value);
}

/** Gives what a list can be narrowed to, each once, in the alphabet's order. */
export function facets(items: readonly Service[], of: "category" | "company"): readonly string[] {
  return [...new Set(items.map((one) => one[of]).filter(Boolean))].sort((a, b) => a.localeCompare(b));
}
