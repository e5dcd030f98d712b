/** Whether every wire has a value where it ends, and one that fits. */
import { OPEN_ID, type Doc } from "./document";
import type { Definition, Ends, Use } from "./ends";
import { misfitOf, typeWord } from "./fits";
import type { Port } from "./ports";
import { problem, type Problem } from "./telling";
import type { Types } from "./types";
import { constant } from "./using";

/** Tells what is wrong with the wires, then with the outputs of the workflow. */
export function flow(doc: Doc, ends: Ends, types: Types): Problem[] {
  const found = ends.inOrder.flatMap((use) => wire(use, ends, types));
  for (const shown of doc.outputs) {
    const place = `outputs/${shown.name}`;
    const known = ends.final.get(shown.id);
    const source = ends.definitions.get(shown.id)?.[0];
    if (shown.id === "") found.push(problem(place, "unwired-output", "unwired-output", { port: shown.name }));
    else if (!source) found.push(nobody(place, shown.id, ends));
    else if (!known) found.push(elsewhere(place, "", source, ends));
    else if (known.unsure) found.push({ place, code: "not-set", reason: known.unsure });
    if (shown.id !== "" && types.isSecret(shown.id)) found.push(problem(place, "secret", "secret-shown", { port: shown.name }));
  }
  return found;
}

function wire(use: Use, ends: Ends, types: Types): Problem[] {
  const source = ends.definitions.get(use.id)?.[0];
  if (!source) return [nobody(use.place, use.id, ends)];
  if (!use.known) return [elsewhere(use.place, use.key, source, ends)];
  const found: Problem[] = [];
  if (use.needed && use.known.unsure) found.push({ place: use.place, code: "not-set", reason: use.known.unsure });
  if ((use.into !== "" || use.like !== null) && types.isSecret(use.id)) found.push(problem(use.place, "secret", "secret-passed"));
  else if (use.port) found.push(...flowInto(use.place, use.id, use.port, types));
  return found;
}

/** Tells what of all that may be behind an id does not fit a port. */
export function flowInto(place: string, id: string, target: Port, types: Types): Problem[] {
  return types.leaves(id).flatMap((leaf) => {
    if (leaf.constant !== null) return constant(place, target, leaf.constant);
    if (leaf.given !== "") {
      // Its rules follow from its uses; but what a for-each made of it does not.
      const { port } = leaf;
      return port === null || port.many === target.many ? [] : [problem(place, "types", "types", { from: typeWord(port), to: typeWord(target) })];
    }
    const misfit = leaf.port ? misfitOf(leaf.port, target) : null;
    return misfit ? [{ place, code: misfit.code, reason: misfit.reason }] : [];
  });
}

function nobody(place: string, id: string, ends: Ends): Problem {
  if (id === OPEN_ID) return problem(place, "undefined-id", "open-condition");
  const status = ends.statuses.get(id);
  return status === undefined ? problem(place, "undefined-id", "undefined-id", { id }) : problem(place, "status-wired", "status-wired", { step: status });
}

/** Says why a place does not see what is defined somewhere else. */
export function elsewhere(place: string, key: string, source: Definition, ends: Ends): Problem {
  const own = key.split("/");
  const other = source.key.split("/");
  let shared = 0;
  while (shared < Math.min(own.length, other.length) && own[shared] === other[shared]) shared += 1;
  const here = own[shared] ?? "";
  const there = other[shared] ?? "";
  const around = own.slice(0, shared).join("/");
  const from = source.place;
  if (/^b[0-9]+$/.test(here) && /^b[0-9]+$/.test(there)) return problem(place, "sibling", "sibling", { from, step: around });
  if ((here === "then" && there === "else") || (here === "else" && there === "then")) return problem(place, "other-side", "other-side", { from, step: around });
  for (let number = shared; number < other.length; number += 1) {
    const last = number === other.length - 1;
    if (other[number]?.startsWith("f") && (!last || source.inside)) {
      return problem(place, "inside-only", "inside-only", { from, step: other.slice(0, number + 1).join("/") });
    }
  }
  if (source.key === key) return problem(place, "later-step", "own-step");
  const circle = circleOf(key, source.key, ends);
  if (circle.length > 0) return problem(place, "cycle", "cycle", { from, way: circle.join(" → ") });
  return problem(place, "later-step", "later-step", { from });
}

/** Gives the way from a node over what it depends on to another one, and back. */
function circleOf(key: string, start: string, ends: Ends): string[] {
  const before = new Map([[start, ""]]);
  const ahead = [start];
  for (let at = ahead.shift(); at !== undefined; at = ahead.shift()) {
    for (const use of ends.inOrder) {
      const source = ends.definitions.get(use.id)?.[0];
      if (use.key === at && source && !before.has(source.key)) {
        before.set(source.key, at);
        ahead.push(source.key);
      }
    }
  }
  if (!before.has(key)) return [];
  const way = [key];
  for (let next = before.get(key); next; next = before.get(next)) way.push(next);
  return [key, ...way.reverse()];
}
