/**
 * Whether a value of one port may go into another, and what several ports take in common.
 *
 * A port stands for the set of values that it takes. What flows from a step must not be certain to
 * be refused, and its type must always be readable; what somebody gives at the start must be taken
 * by every port that it goes to.
 */
import { compare, exact } from "./decimals";
import { isNumber, mustBeGiven, type Port, type PortType } from "./ports";
import { Misfit, reason } from "./telling";
import { sameUnit } from "./units";

const isText = (type: PortType) => type === "string" || type === "text";

/** How a type is called in a sentence's values: the words are the catalogue's. */
export function typeWord(port: Port): string {
  return port.many ? `${port.type}[]` : port.type;
}

function misfit(code: string, key: "types" | "types-common" | "types-meet" | "secret-type", first: Port, second: Port): Misfit {
  return new Misfit(code, reason(key, { from: typeWord(first), to: typeWord(second) }));
}

/** Holds what a step gives against what another takes; throws a `Misfit`. */
export function checkFlow(source: Port, target: Port): void {
  if (source.many !== target.many || !typeFits(source.type, target.type)) throw misfit("types", "types", source, target);
  if (source.type === "choice" && target.type === "choice") {
    const refused = source.choices.filter((one) => !target.choices.includes(one));
    if (refused.length > 0) throw new Misfit("choices", reason("choices-refused", { choices: refused.join(", ") }));
  }
  if (isNumber(target.type)) {
    unitOf(source, target);
    rangeOf(source, target);
  }
  if (source.type === "file" && target.type === "file") acceptOf(source, target);
}

/** As `checkFlow`, but gives the misfit; null if it fits. */
export function misfitOf(source: Port, target: Port): Misfit | null {
  try {
    checkFlow(source, target);
    return null;
  } catch (error) {
    if (error instanceof Misfit) return error;
    throw error;
  }
}

function typeFits(source: PortType, target: PortType): boolean {
  return source === target || (isText(target) && source !== "secret") || (source === "integer" && target === "decimal");
}

/** Gives the port that takes exactly what both take; the first one's name stays. Throws a `Misfit`. */
export function common(first: Port, second: Port): Port {
  if (first.many !== second.many) throw misfit("types", "types-common", first, second);
  const type = commonType(first, second);
  let port: Port = {
    ...first,
    type,
    title: agreed(first.title, second.title),
    description: agreed(first.description, second.description),
    pattern: patterns(first.pattern, second.pattern),
    advanced: first.advanced && second.advanced,
  };
  if (isNumber(type)) {
    const [minimum, maximum] = rangeOf(first, second);
    port = { ...port, minimum, maximum, unit: unitOf(first, second), step: stepOf(first, second, minimum) };
  }
  if (type === "choice") port = { ...port, choices: choicesOf(first, second) };
  if (type === "file") port = { ...port, accept: acceptOf(first, second) };
  if (first.default === second.default) return { ...port, required: first.required || second.required };
  // The defaults differ: without a value each port takes its own, unless one has none.
  return { ...port, default: null, required: mustBeGiven(first) || mustBeGiven(second) };
}

function commonType(first: Port, second: Port): PortType {
  const one = first.type;
  const other = second.type;
  if (one === other) return one;
  if (one === "secret" || other === "secret") throw misfit("secret", "secret-type", first, second);
  if (isNumber(one) && isNumber(other)) return "integer";
  if (isText(one) && isText(other)) return "string";
  if (isText(one)) return other;
  if (isText(other)) return one;
  throw misfit("types", "types-common", first, second);
}

/** Gives the port that stands for what comes from one of two; the first one's name stays. Throws a `Misfit`. */
export function either(first: Port, second: Port): Port {
  if (first.many !== second.many) throw misfit("types", "types-meet", first, second);
  const type = wider(first, second);
  const same = first.type === second.type;
  const numbers = isNumber(type);
  return {
    ...first,
    type,
    title: agreed(first.title, second.title),
    description: agreed(first.description, second.description),
    default: null,
    required: true,
    minimum: numbers ? outer(first.minimum, second.minimum, -1) : null,
    maximum: numbers ? outer(first.maximum, second.maximum, 1) : null,
    step: first.step === second.step ? first.step : null,
    unit: numbers ? unitOf(first, second) : "",
    choices: same ? [...new Set([...first.choices, ...second.choices])] : [],
    pattern: first.pattern === second.pattern ? first.pattern : "",
    accept: same && first.accept.length > 0 && second.accept.length > 0 ? [...new Set([...first.accept, ...second.accept])] : [],
  };
}

function wider(first: Port, second: Port): PortType {
  const one = first.type;
  const other = second.type;
  if (one === other) return one;
  if (isNumber(one) && isNumber(other)) return "decimal";
  if ((isText(one) || isText(other)) && one !== "secret" && other !== "secret") return one === "text" || other === "text" ? "text" : "string";
  throw misfit("types", "types-meet", first, second);
}

function order(one: string, other: string): number {
  const first = exact(one);
  const second = exact(other);
  return first && second ? compare(first, second) : 0;
}

function outer(one: string | null, other: string | null, sign: number): string | null {
  if (one === null || other === null) return null;
  return order(one, other) * sign >= 0 ? one : other;
}

function unitOf(first: Port, second: Port): string {
  if (first.unit && second.unit && !sameUnit(first.unit, second.unit)) {
    throw new Misfit("units", reason("units", { from: first.unit, to: second.unit }));
  }
  return first.unit || second.unit;
}

function stepOf(first: Port, second: Port, minimum: string | null): string | null {
  const stepped = [first, second].filter((port) => port.step !== null);
  const steps = new Set(stepped.map((port) => port.step));
  const origin = minimum ?? "0";
  return steps.size === 1 && stepped.every((port) => order(port.minimum ?? "0", origin) === 0) ? (stepped[0]?.step ?? null) : null;
}

function rangeOf(first: Port, second: Port): [string | null, string | null] {
  const inner = (one: string | null, other: string | null, sign: number) =>
    one === null ? other : other === null ? one : order(one, other) * sign >= 0 ? one : other;
  const minimum = inner(first.minimum, second.minimum, 1);
  const maximum = inner(first.maximum, second.maximum, -1);
  if (minimum !== null && maximum !== null && order(minimum, maximum) > 0) {
    throw new Misfit("range", reason("range", { minimum, maximum }));
  }
  return [minimum, maximum];
}

function choicesOf(first: Port, second: Port): readonly string[] {
  const given = [first, second].filter((port) => port.type === "choice").map((port) => port.choices);
  const last = given[given.length - 1] ?? [];
  const shared = (given[0] ?? []).filter((one) => last.includes(one));
  if (shared.length === 0) throw new Misfit("choices", reason("choices-none"));
  return shared;
}

function acceptOf(first: Port, second: Port): readonly string[] {
  if (first.accept.length === 0 || second.accept.length === 0) return first.accept.length > 0 ? first.accept : second.accept;
  const ours = first.accept.map((one) => one.toLowerCase());
  const theirs = second.accept.map((one) => one.toLowerCase());
  // `.tar.gz` is a `.gz`: of each pair that overlaps, the longer ending is what both take.
  const shared = ours.filter((one) => theirs.some((end) => one.endsWith(end)));
  for (const one of theirs) if (ours.some((end) => one.endsWith(end)) && !shared.includes(one)) shared.push(one);
  if (shared.length === 0) throw new Misfit("file-kinds", reason("file-kinds", { from: ours.join(", "), to: theirs.join(", ") }));
  return shared;
}

function patterns(first: string, second: string): string {
  if (first === "" || second === "" || first === second) return first || second;
  return `(?=(?:${first})(?![\\s\\S]))(?:${second})`;
}

function agreed(one: string, other: string): string {
  return one === "" || other === "" || one === other ? one || other : "";
}
