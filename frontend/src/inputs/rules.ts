/**
 * What a port takes, as the server checks it (contract/ports.py); both are held to the same cases,
 * tests/cases/port_values.json. The server has the last word.
 */
import type { Schemas } from "../api/client";
import { matches } from "../graph/patterns";
import { text } from "../messages/en";
import { compare, decimal, fitsStep } from "./decimal";

export type Port = Schemas["PortAnswer"] & { readonly name: string };

const words = text.workflows.rules;
export const MASK = "•••";
const MOST_ITEMS = 10_000;
const MOST_DIGITS = 1000;
const LONGEST_SHOWN = 60;
const URI = /^[a-z][a-z0-9+.-]*:\/\//;

/** Why a value cannot be taken. */
export interface Refusal {
  readonly message: string;
  /** False: only the server can tell for sure, as with patterns, whose dialect is another one. */
  readonly sure: boolean;
}

export function typeOf(port: Port): string {
  return port.type ?? "string";
}

/** Whether a value has to be given: it is required and has no default. */
export function mustBeGiven(port: Port): boolean {
  return port.required !== false && port.default === undefined;
}

/** Checks the lexical form of a value; `""` means that none was given. Gives null if it is taken. */
export function check(port: Port, value: string): Refusal | null {
  if (isAbsent(port, value)) return mustBeGiven(port) ? { message: words.missing, sure: true } : null;
  if (!port.many) return checkOne(port, value);
  const items = itemsOf(value);
  if (items === null) return refused(port, value, words.noList);
  if (items.length > MOST_ITEMS) return refused(port, value, words.tooMany(MOST_ITEMS));
  for (const item of items) {
    const found = checkOne(port, item);
    if (found) return found;
  }
  return null;
}

/** Whether a value counts as not given. */
export function isAbsent(port: Port, value: string): boolean {
  if (port.many) return value === "" || itemsOf(value)?.length === 0;
  return value === "" && !(["string", "text"].includes(typeOf(port)) && port.default !== undefined);
}

/** The items of a list in its lexical form, a JSON array; null if it is none. */
export function itemsOf(value: string): string[] | null {
  try {
    const found = JSON.parse(value) as unknown;
    if (!Array.isArray(found)) return null;
    return found.map((item: unknown) => (typeof item === "string" ? item : JSON.stringify(item)));
  } catch {
    return null;
  }
}

function refused(port: Port, value: string, rule: string, sure = true): Refusal {
  const shown = value.length <= LONGEST_SHOWN ? value : `${value.slice(0, LONGEST_SHOWN - 3)}…`;
  const got = typeOf(port) === "secret" ? MASK : `'${shown}'`;
  return { message: `${got} ${rule}.`, sure };
}

function checkOne(port: Port, value: string): Refusal | null {
  const rule = ruleBroken(port, value);
  if (rule !== null) return refused(port, value, rule);
  if (port.pattern && matches(port.pattern, value) === false) return refused(port, value, words.pattern(port.pattern), false);
  return null;
}

function ruleBroken(port: Port, value: string): string | null {
  switch (typeOf(port)) {
    case "string":
    case "secret":
      if (/[\r\n]/.test(value)) return words.oneLine;
      return typeOf(port) === "secret" && value === MASK ? words.mask : null;
    case "integer":
      if (!/^\s*[+-]?[0-9]+\s*$/.test(value) || value.length > MOST_DIGITS) return words.noInteger;
      return numberRule(port, value);
    case "decimal":
      if (decimal(value) === null || value.length > MOST_DIGITS) return words.noDecimal;
      return numberRule(port, value);
    case "boolean":
      return ["true", "false", "1", "0"].includes(value.trim()) ? null : words.noBoolean;
    case "date-time":
      return /^\s*\d{4}-?(\d{2}-?\d{2}|W\d{2})/.test(value) ? null : words.noTime;
    case "choice":
      return port.choices?.includes(value) ? null : words.noChoice((port.choices ?? []).join(", "));
    case "file":
      return fileRule(port, value);
    case "folder":
      return URI.test(value) && value.endsWith("/") ? null : words.noFolder;
    default:
      return null;
  }
}

function numberRule(port: Port, value: string): string | null {
  const number = decimal(value);
  if (number === null) return null;
  const unit = port.unit ? ` ${port.unit}` : "";
  const low = decimal(port.minimum ?? "");
  const high = decimal(port.maximum ?? "");
  const step = decimal(port.step ?? "");
  if (low && compare(number, low) < 0) return words.below(`${port.minimum ?? ""}${unit}`);
  if (high && compare(number, high) > 0) return words.above(`${port.maximum ?? ""}${unit}`);
  const origin = low ?? { digits: 0n, exponent: 0 };
  if (step && !fitsStep(number, step, origin)) return words.noMultiple(port.step ?? "", low?.digits ? (port.minimum ?? "") : "");
  return null;
}

function fileRule(port: Port, value: string): string | null {
  if (!URI.test(value)) return words.noFile;
  if (value.endsWith("/")) return words.isFolder;
  return isAccepted(port, value) ? null : words.notAccepted((port.accept ?? []).join(", "));
}

/** Whether a file of this name is one of the kinds that a port takes. */
export function isAccepted(port: Port, name: string): boolean {
  const accept = port.accept ?? [];
  return accept.length === 0 || accept.some((ending) => name.toLowerCase().endsWith(ending.toLowerCase()));
}

/** Says in a few words which values a port takes. */
export function hintOf(port: Port): string {
  const rules = [amount(port), range(port), port.step ? words.steps(port.step) : "", port.accept?.length ? words.files(port.accept.join(", ")) : ""];
  const found = rules.filter(Boolean).join("; ");
  return found.slice(0, 1).toUpperCase() + found.slice(1);
}

function amount(port: Port): string {
  if (!port.many) return "";
  return mustBeGiven(port) ? words.oneOrMore : words.anyNumber;
}

function range(port: Port): string {
  const unit = port.unit ? `\u202f${port.unit}` : "";
  if (port.minimum !== undefined && port.maximum !== undefined) return words.between(port.minimum, port.maximum + unit);
  if (port.minimum !== undefined) return words.orMore(port.minimum + unit);
  if (port.maximum !== undefined) return words.orLess(port.maximum + unit);
  return port.unit ? words.inUnit(port.unit) : "";
}
