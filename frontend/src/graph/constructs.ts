/** Whether branches, loops and the like can do what they say. */
import { comparisonType, constantly, variablesOf } from "./conditions";
import { OPEN_ID, isWire, type Branch, type Condition, type Doc, type ForEach, type Operand, type Repeat } from "./document";
import type { Ends } from "./ends";
import { MOST_ITEMS, itemRefusal, portOf, readList, type Port } from "./ports";
import { problem, reason, type Problem, type Reason, type ReasonKey } from "./telling";
import type { Types } from "./types";
import { branchesOfMerges, idsDefinedIn, standingsOf, within, type Nodes } from "./walking";

const MOST_ROUNDS = 1_000_000;
const MOST_WIDTH = 1_000;

/** Tells what is wrong with each construct, in the order of the document. */
export function constructs(doc: Doc, ends: Ends, types: Types): Problem[] {
  const found: Problem[] = [];
  const merges = branchesOfMerges(doc.body);
  const standings = standingsOf(doc.body);
  const keyOf = (uid: string) => standings.get(uid)?.key ?? "";
  for (const { node, key } of standings.values()) {
    switch (node.kind) {
      case "branch":
        found.push(...condition(key, node.condition, types), ...branch(node, key, keyOf));
        break;
      case "merge":
        if (!merges.has(node.uid)) found.push(problem(key, "merge-alone", "merge-alone"));
        break;
      case "repeat":
        found.push(...condition(key, node.condition, types), ...repeat(node, key, keyOf));
        break;
      case "for-each":
        found.push(...forEach(node, key, keyOf, types));
        break;
      default:
        break;
    }
  }
  for (const [id, definitions] of ends.definitions) {
    const first = definitions[0];
    if (!first?.passed) continue;
    const misfit = types.meeting(id);
    if (misfit) found.push({ place: first.place, code: misfit.code, reason: misfit.reason });
  }
  return found;
}

type KeyOf = (uid: string) => string;

function branch(node: Branch, key: string, keyOf: KeyOf): Problem[] {
  const always = constantly(node.condition);
  if (always === null) return [];
  const idle = always ? node.otherwise : node.then;
  return [
    problem(within(key, "condition"), "constant-condition", always ? "always" : "never"),
    ...unreachable(idle, always ? "unreachable-always" : "unreachable-never", keyOf),
  ];
}

function repeat(node: Repeat, key: string, keyOf: KeyOf): Problem[] {
  const found: Problem[] = [];
  if (!(node.most >= 1 && node.most <= MOST_ROUNDS)) found.push(problem(key, "setting", "setting-rounds", { most: String(MOST_ROUNDS) }));
  const place = within(key, "condition");
  const always = constantly(node.condition);
  if (always === true) found.push(problem(place, "endless-loop", "endless-always"));
  else if (always === false && node.askFirst) {
    found.push(problem(place, "constant-condition", "never"), ...unreachable(node.body, "unreachable-loop", keyOf));
  } else if (always === null) {
    const asked = variablesOf(node.condition);
    const changing = changingIn(node);
    if (!asked.some((id) => changing.has(id))) {
      const open = asked.includes(OPEN_ID);
      found.push(problem(place, "endless-loop", open ? "open-condition" : "endless-idle", open ? {} : { ids: [...new Set(asked)].join(", ") }));
    }
  }
  return found;
}

/** Gives the ids that may have another value after each round. */
function changingIn(node: Repeat): Set<string> {
  const changing = idsDefinedIn(node.body);
  for (;;) {
    const more = node.carried.filter((one) => changing.has(one.next.id) && !changing.has(one.id));
    if (more.length === 0) return changing;
    for (const one of more) changing.add(one.id);
  }
}

function forEach(node: ForEach, key: string, keyOf: KeyOf, types: Types): Problem[] {
  const found: Problem[] = [];
  if (!(node.width >= 1 && node.width <= MOST_WIDTH)) found.push(problem(key, "setting", "setting-width", { most: String(MOST_WIDTH) }));
  const place = within(key, "over");
  if (isWire(node.over)) {
    for (const leaf of types.leaves(node.over.id)) {
      if (leaf.port && !leaf.port.many && leaf.given === "") found.push(problem(place, "not-a-list", "not-a-list", { from: leaf.place }));
    }
  } else {
    const items = readList(node.over.value);
    if (items === null) return [...found, problem(place, "not-a-list", "not-a-list-text")];
    if (items.length > MOST_ITEMS) found.push(problem(place, "not-a-list", "list-too-long", { most: String(MOST_ITEMS) }));
    if (items.length === 0) found.push(...unreachable(node.body, "unreachable-list", keyOf));
  }
  for (const one of node.gathered) {
    const port = isWire(one.source) ? types.portOf(one.source.id) : null;
    if (port?.many) found.push(problem(within(key, one.id), "list-of-lists", "list-of-lists"));
  }
  return found;
}

function unreachable(nodes: Nodes, why: ReasonKey, keyOf: KeyOf): Problem[] {
  return nodes.flatMap((node) => (node.kind === "sequence" ? unreachable(node.nodes, why, keyOf) : [problem(keyOf(node.uid), "unreachable", why)]));
}

function condition(key: string, one: Condition, types: Types): Problem[] {
  const told = new Set<string>();
  return conditionMisfits(one, types).flatMap((why) => {
    const words = JSON.stringify(why);
    if (told.has(words)) return [];
    told.add(words);
    return [{ place: within(key, "condition"), code: "condition-types", reason: why }];
  });
}

/** Says why the values of a condition cannot be compared. */
export function conditionMisfits(one: Condition, types: Pick<Types, "portOf">): Reason[] {
  const side = (operand: Operand): Port | null => ("type" in operand ? portOf({ type: operand.type }) : types.portOf(operand.id));
  const name = (operand: Operand) => ("type" in operand ? operand.text : operand.id);
  const wrong = (operand: Operand): Reason[] => {
    const why = "type" in operand ? itemRefusal(portOf({ type: operand.type }), operand.text) : null;
    return why ? [why] : [];
  };
  switch (one.kind) {
    case "compare": {
      const { left, right, comparison } = one;
      const found = [...wrong(left), ...wrong(right)];
      const ports = [side(left), side(right)] as const;
      if (ports[0]?.many) found.push(reason("list-compared", { id: name(left) }));
      if (ports[1]?.many) found.push(reason("list-compared", { id: name(right) }));
      if (ports[0] && ports[1] && comparisonType(ports[0].type, ports[1].type, comparison) === null) {
        found.push(reason("not-compared", { left: name(left), right: name(right), from: ports[0].type, to: ports[1].type }));
      }
      return found;
    }
    case "is-true": {
      const port = side(one.of);
      const found = wrong(one.of);
      if (port && (port.many || port.type !== "boolean")) found.push(reason("no-truth", { id: name(one.of), from: port.type }));
      return found;
    }
    case "not":
      return conditionMisfits(one.condition, types);
    case "all":
    case "any":
      return one.conditions.flatMap((inner) => conditionMisfits(inner, types));
  }
}
