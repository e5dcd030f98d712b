/** What may be wired to what, and why not: a wire is tried, and the rules say what they think of it. */
import { isWire, type Doc } from "./document";
import { wired } from "./edits";
import { misfitOf } from "./fits";
import { inputsOf, outputsOf, portsOf, type Library, type Service } from "./library";
import { meetingOf, nodesAt, sorted, withNodesAt } from "./order";
import { portOf, type Port } from "./ports";
import { judge, type Judged } from "./rules";
import { reason, type Problem, type Reason } from "./telling";
import { nodeOf } from "./walking";
import { idAt, placeOf, sourceAt, type From, type To } from "./wires";

/** What a new wire may cause where it ends, at what it comes from, or where it is passed on. */
const CAUSED = new Set([
  "types", "units", "range", "choices", "file-kinds", "secret", "later-step", "cycle", "sibling", "other-side", "inside-only",
  "not-set", "status-wired", "undefined-id", "not-a-list", "list-of-lists", "constant", "condition-types",
]);

export interface Tried {
  readonly doc: Doc;
  /** Why it cannot be; null: it can. */
  readonly refused: Reason | null;
}

/**
 * Tries to wire two ends. Where the value comes from a later step of the same sequence, the steps are put into an order
 * in which it is there, if there is one.
 */
export function tried(doc: Doc, library: Library, before: Judged, from: From, to: To): Tried {
  if (from.uid === to.uid && !isOwnInside(doc, from, to)) return { doc, refused: reason("own-step") };
  const source = sourceAt(doc, to);
  const id = idAt(doc, from);
  if (id !== "" && isWire(source) && source.id === id) return { doc, refused: reason("same-value") };
  const direct = wired(doc, from, to);
  if (direct === doc) return { doc, refused: reason("no-target") };
  const refused = caused(direct, library, before, to);
  if (refused?.code !== "later-step") return { doc: direct, refused: refused?.reason ?? null };
  const meeting = meetingOf(direct, from.uid, to.uid);
  const nodes = meeting && sorted(nodesAt(direct, meeting.lane));
  if (!meeting || !nodes) return { doc, refused: refused.reason };
  const ordered = withNodesAt(direct, meeting.lane, () => nodes);
  return { doc: ordered, refused: caused(ordered, library, before, to)?.reason ?? null };
}

/** A loop's own value may go to its own next, a list's item into its own gathered list. */
function isOwnInside(doc: Doc, from: From, to: To): boolean {
  return from.kind === "own" && (to.kind === "next" || to.kind === "gathered") && nodeOf(doc, from.uid) !== undefined;
}

function caused(doc: Doc, library: Library, before: Judged, to: To): Problem | null {
  const known = new Set(before.problems.map((one) => `${one.place} ${one.code}`));
  const place = placeOf(doc, to);
  const fresh = judge(doc, library).problems.filter((one) => CAUSED.has(one.code) && (one.place === place || !known.has(`${one.place} ${one.code}`)));
  return fresh.find((one) => one.place === place) ?? fresh[0] ?? null;
}

/** Gives the rules of what comes from an end, as far as they are known. */
export function portFrom(doc: Doc, library: Library, judged: Judged, from: From): Port | null {
  const id = idAt(doc, from);
  const found = id === "" ? null : judged.types.portOf(id);
  if (found || from.kind !== "port") return found;
  const node = nodeOf(doc, from.uid);
  return node && (node.kind === "step" || node.kind === "nested") ? (outputsOf(library, node).get(from.port) ?? null) : null;
}

/** Gives the rules of where a value goes to; null if they follow from the value. */
export function portTo(doc: Doc, library: Library, to: To): Port | null {
  const node = nodeOf(doc, to.uid);
  if (to.kind === "over") return portOf({ name: "over", many: true });
  return to.kind === "port" && node && (node.kind === "step" || node.kind === "nested") ? (inputsOf(library, node).get(to.port) ?? null) : null;
}

/** A service that could stand at the loose end of a wire, and the port that it would have there. */
export interface Offer {
  readonly service: Service;
  readonly port: string;
}

/** Gives the services that take a value, or that give one that another port takes. */
export function offersFor(library: Library, end: { from: Port | null } | { to: Port | null }): Offer[] {
  const found: Offer[] = [];
  for (const service of library.services.values()) {
    const fitting = "from" in end
      ? service.inputs.find((port) => end.from === null || misfitOf(end.from, port) === null)
      : service.outputs.find((port) => end.to === null || misfitOf(port, end.to) === null);
    if (fitting) found.push({ service, port: fitting.name });
  }
  return found;
}

/** Gives the input of a node that a value would go to best: one that has nothing yet and must have something. */
export function bestInput(doc: Doc, library: Library, uid: string, value: Port | null): string | null {
  const node = nodeOf(doc, uid);
  if (!node || (node.kind !== "step" && node.kind !== "nested") || !portsOf(library, node)) return null;
  const free = [...inputsOf(library, node).values()].filter((port) => !Object.hasOwn(node.inputs, port.name));
  const fits = free.filter((port) => value === null || misfitOf(value, port) === null);
  return (fits.find((port) => port.required && port.default === null) ?? fits[0])?.name ?? null;
}

