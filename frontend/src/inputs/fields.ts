/**
 * What stands in the fields of a start form, and the values that come of it. A port is called as its service
 * likes, `constructor` or `__proto__` too: see `entry`.
 */
import { entry } from "../graph/document";
import { isAbsent, itemsOf, typeOf, type Port } from "./rules";

/** The text of each field: of a list, one item on each line. */
export type Texts = Readonly<Record<string, string>>;

const BLOCK_BREAK = /^---[ \t]*$\n?/m;

/** The texts as the form is first shown: with the defaults, or with the values of an earlier run. */
export function textsOf(ports: readonly Port[], values: Readonly<Record<string, string>> = {}): Texts {
  return Object.fromEntries(ports.map((port) => [port.name, shown(port, entry(values, port.name) ?? port.default ?? "")]));
}

/** Gives a value as it stands in its field: a list as lines, a secret not at all. */
export function shown(port: Port, value: string): string {
  if (typeOf(port) === "secret") return "";
  if (!port.many || value === "") return value;
  const items = itemsOf(value);
  if (items === null) return value;
  return items.join(typeOf(port) === "text" ? "\n---\n" : "\n");
}

/** The items that stand in the field of a list. */
export function entriesOf(port: Port, text: string): string[] {
  if (typeOf(port) !== "text") {
    return text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
  }
  const body = text.replace(/\n$/, "");
  return body.trim() === "" ? [] : body.split(new RegExp(BLOCK_BREAK, "gm")).map((block) => block.replace(/\n$/, ""));
}

/** The lexical form of what stands in a field; `""` if nothing does. */
export function valueOf(port: Port, text: string): string {
  const plain = text.replace(/\r\n/g, "\n");
  if (port.many) {
    const items = entriesOf(port, plain);
    return items.length > 0 ? JSON.stringify(items) : "";
  }
  return ["integer", "decimal"].includes(typeOf(port)) ? plain.trim() : plain;
}

/** The values to be sent: those that were given. */
export function valuesOf(ports: readonly Port[], texts: Texts): Record<string, string> {
  const found = ports.map((port): [Port, string] => [port, valueOf(port, entry(texts, port.name) ?? "")]);
  return Object.fromEntries(found.filter(([port, value]) => !isAbsent(port, value)).map(([port, value]) => [port.name, value]));
}
