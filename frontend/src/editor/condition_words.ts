/** Conditions in words. */
import type { Condition, Operand } from "../graph/document";
import { editor } from "../messages/en/editor";

const text = editor.conditions;

/** Says a condition; empty: a value is not chosen yet. */
export function conditionWords(condition: Condition, titles: ReadonlyMap<string, string>): string {
  const operand = (one: Operand) => ("type" in one ? (one.type === "string" ? `“${one.text}”` : one.text) : (titles.get(one.id) ?? one.id));
  switch (condition.kind) {
    case "compare": {
      const open = [condition.left, condition.right].some((one) => "id" in one && (one.id === "?" || one.id === ""));
      return open ? "" : `${operand(condition.left)} ${text.signs[condition.comparison]} ${operand(condition.right)}`;
    }
    case "is-true":
      return "id" in condition.of && (condition.of.id === "?" || condition.of.id === "") ? "" : `${operand(condition.of)} ${text.isTrue}`;
    case "not": {
      const inner = conditionWords(condition.condition, titles);
      return inner === "" ? "" : `${text.not} (${inner})`;
    }
    case "all":
    case "any": {
      const inners = condition.conditions.map((one) => conditionWords(one, titles));
      return inners.some((one) => one === "") ? "" : inners.map((one) => (inners.length > 1 ? `(${one})` : one)).join(condition.kind === "all" ? " and " : " or ");
    }
  }
}
