/** Ports, and the values that may pass through them in their lexical form. */
import { compare, exact, onGrid } from "./decimals";
import { matches } from "./patterns";
import { reason, type Reason } from "./telling";

export const PORT_TYPES = ["string", "text", "integer", "decimal", "boolean", "date-time", "choice", "file", "folder", "secret"] as const;
export type PortType = (typeof PORT_TYPES)[number];

export interface Port {
  readonly name: string;
  readonly type: PortType;
  readonly many: boolean;
  readonly title: string;
  readonly description: string;
  readonly default: string | null;
  readonly required: boolean;
  readonly minimum: string | null;
  readonly maximum: string | null;
  readonly step: string | null;
  readonly unit: string;
  readonly choices: readonly string[];
  readonly pattern: string;
  readonly accept: readonly string[];
  readonly advanced: boolean;
}

/** A port as the platform's API gives it: what is not there is at its default. */
export interface GivenPort {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly many?: boolean | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: string | null | undefined;
  readonly required?: boolean | undefined;
  readonly minimum?: string | null | undefined;
  readonly maximum?: string | null | undefined;
  readonly step?: string | null | undefined;
  readonly unit?: string | undefined;
  readonly choices?: readonly string[] | undefined;
  readonly pattern?: string | undefined;
  readonly accept?: readonly string[] | undefined;
  readonly advanced?: boolean | undefined;
}

export function portOf(given: GivenPort): Port {
  const type = PORT_TYPES.find((one) => one === given.type) ?? "string";
  return {
    name: given.name ?? "",
    type,
    many: given.many ?? false,
    title: given.title ?? "",
    description: given.description ?? "",
    default: given.default ?? null,
    required: given.required ?? true,
    minimum: given.minimum ?? null,
    maximum: given.maximum ?? null,
    step: given.step ?? null,
    unit: given.unit ?? "",
    choices: given.choices ?? [],
    pattern: given.pattern ?? "",
    accept: given.accept ?? [],
    advanced: given.advanced ?? false,
  };
}

/** Gives a port as the platform's API gives it: without what is at its default. */
export function givenOf(port: Port) {
  return {
    name: port.name,
    type: port.type,
    required: port.required,
    ...(port.many ? { many: true } : {}),
    ...(port.title === "" ? {} : { title: port.title }),
    ...(port.description === "" ? {} : { description: port.description }),
    ...(port.default === null ? {} : { default: port.default }),
    ...(port.minimum === null ? {} : { minimum: port.minimum }),
    ...(port.maximum === null ? {} : { maximum: port.maximum }),
    ...(port.step === null ? {} : { step: port.step }),
    ...(port.unit === "" ? {} : { unit: port.unit }),
    ...(port.choices.length === 0 ? {} : { choices: [...port.choices] }),
    ...(port.pattern === "" ? {} : { pattern: port.pattern }),
    ...(port.accept.length === 0 ? {} : { accept: [...port.accept] }),
    ...(port.advanced ? { advanced: true } : {}),
  };
}

export function isNumber(type: PortType): boolean {
  return type === "integer" || type === "decimal";
}

/** Tells whether somebody has to give a value. */
export function mustBeGiven(port: Port): boolean {
  return port.required && port.default === null;
}

export const MOST_ITEMS = 10_000;

/** Gives the items of a list; null if the text is none. */
export function readList(text: string): string[] | null {
  // Digits of numbers are kept as they stand there.
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (piece) => (piece.startsWith('"') ? piece : `"${piece}"`));
  let found: unknown;
  try {
    found = JSON.parse(quoted);
  } catch {
    return null;
  }
  if (!Array.isArray(found)) return null;
  const items: string[] = [];
  for (const item of found as unknown[]) {
    if (typeof item === "string") items.push(item);
    else if (typeof item === "boolean") items.push(item ? "true" : "false");
    else return null;
  }
  return items;
}

export function writeList(items: readonly string[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
}

/** Says why a port does not take a value that somebody gives; null if it does. */
export function refusal(port: Port, text: string): Reason | null {
  const texts = port.type === "string" || port.type === "text";
  let given: string | null = text === "" && (port.many || !texts) ? null : text;
  if (given !== null && port.many) {
    const items = readList(given);
    if (items === null) return reason("value-list");
    if (items.length === 0) given = null;
  }
  given ??= port.default;
  if (given === null) return port.required ? reason("value-missing") : null;
  if (!port.many) return itemRefusal(port, given);
  const items = readList(given);
  if (items === null) return reason("value-list");
  if (items.length > MOST_ITEMS) return reason("value-list-long", { most: String(MOST_ITEMS) });
  for (const item of items) {
    const found = itemRefusal(port, item);
    if (found) return found;
  }
  return null;
}

const TIME = /^\s*\d{4}-?\d{2}-?\d{2}(?:.\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?\s*$/;

/** Says why a port does not take a single value; null if it does. */
export function itemRefusal(port: Port, text: string): Reason | null {
  return formRefusal(port, text) ?? numberRefusal(port, text) ?? patternRefusal(port, text);
}

function formRefusal(port: Port, text: string): Reason | null {
  switch (port.type) {
    case "string":
      return /[\r\n]/.test(text) ? reason("value-line") : null;
    case "secret":
      return /[\r\n]/.test(text) ? reason("value-line") : text === "•••" ? reason("value-mask") : null;
    case "text":
      return null;
    case "integer":
      return /^\s*[+-]?[0-9]+\s*$/.test(text) && text.length <= 1000 ? null : reason("value-integer");
    case "decimal":
      return exact(text) ? null : reason("value-decimal");
    case "boolean":
      return ["true", "false", "1", "0"].includes(text.trim()) ? null : reason("value-boolean");
    case "date-time":
      return TIME.test(text) && !Number.isNaN(Date.parse(text.trim().slice(0, 10))) ? null : reason("value-time");
    case "choice":
      return port.choices.includes(text) ? null : reason("value-choice", { choices: port.choices.join(", ") });
    case "file":
      if (!/^[a-z][a-z0-9+.-]*:\/\//.test(text)) return reason("value-file");
      if (text.endsWith("/")) return reason("value-file-folder");
      return port.accept.length > 0 && !port.accept.some((end) => text.toLowerCase().endsWith(end.toLowerCase()))
        ? reason("value-file-kind", { kinds: port.accept.join(", ") })
        : null;
    case "folder":
      return /^[a-z][a-z0-9+.-]*:\/\//.test(text) && text.endsWith("/") ? null : reason("value-folder");
  }
}

function numberRefusal(port: Port, text: string): Reason | null {
  const number = isNumber(port.type) ? exact(text) : null;
  if (!number) return null;
  const unit = port.unit;
  const minimum = port.minimum === null ? null : exact(port.minimum);
  const maximum = port.maximum === null ? null : exact(port.maximum);
  const step = port.step === null ? null : exact(port.step);
  if (minimum && compare(number, minimum) < 0) return reason("value-low", { limit: port.minimum ?? "", unit });
  if (maximum && compare(number, maximum) > 0) return reason("value-high", { limit: port.maximum ?? "", unit });
  if (step && !onGrid(number, step, minimum ?? { digits: 0n, scale: 0 })) return reason("value-step", { step: port.step ?? "", unit });
  return null;
}

function patternRefusal(port: Port, text: string): Reason | null {
  return port.pattern === "" || matches(port.pattern, text) !== false ? null : reason("value-pattern", { pattern: port.pattern });
}
