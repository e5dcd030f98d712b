/** Conditions of branches and loops: what they ask for, and what they are without a run. */
import { compare, exact } from "./decimals";
import type { Comparison, Condition, Operand } from "./document";
import { isNumber, type PortType } from "./ports";

export const MOST_LEVELS = 32;

/** Gives the ids that a condition uses, in its order. */
export function variablesOf(condition: Condition): string[] {
  switch (condition.kind) {
    case "compare":
      return [condition.left, condition.right].flatMap((one) => ("id" in one ? [one.id] : []));
    case "is-true":
      return "id" in condition.of ? [condition.of.id] : [];
    case "not":
      return variablesOf(condition.condition);
    case "all":
    case "any":
      return condition.conditions.flatMap(variablesOf);
  }
}

/** Gives the same condition over other ids. */
export function withVariables(condition: Condition, change: (id: string) => string): Condition {
  const changed = (one: Operand): Operand => ("id" in one ? { id: change(one.id) } : one);
  switch (condition.kind) {
    case "compare":
      return { ...condition, left: changed(condition.left), right: changed(condition.right) };
    case "is-true":
      return { ...condition, of: changed(condition.of) };
    case "not":
      return { ...condition, condition: withVariables(condition.condition, change) };
    case "all":
    case "any":
      return { ...condition, conditions: condition.conditions.map((one) => withVariables(one, change)) };
  }
}

export function levelsOf(condition: Condition): number {
  switch (condition.kind) {
    case "compare":
    case "is-true":
      return 1;
    case "not":
      return 1 + levelsOf(condition.condition);
    case "all":
    case "any":
      return 1 + Math.max(0, ...condition.conditions.map(levelsOf));
  }
}

/** Tells as what two values are compared; null: as nothing. Only numbers have an order. */
export function comparisonType(left: PortType, right: PortType, comparison: Comparison): "decimal" | "boolean" | "string" | null {
  if (isNumber(left) && isNumber(right)) return "decimal";
  if (comparison !== "equalTo") return null;
  if (left === "boolean" && right === "boolean") return "boolean";
  const special = (type: PortType) => isNumber(type) || type === "boolean" || type === "secret";
  return special(left) || special(right) ? null : "string";
}

/** Tells what a condition always says; null if that depends on the run, or cannot be told. */
export function constantly(condition: Condition): boolean | null {
  switch (condition.kind) {
    case "compare":
      return compared(condition.comparison, condition.left, condition.right);
    case "is-true":
      return truth(condition.of);
    case "not": {
      const inner = constantly(condition.condition);
      return inner === null ? null : !inner;
    }
    case "all":
    case "any": {
      // As in a run: what comes after the one that decides is not asked.
      const decides = condition.kind === "any";
      for (const one of condition.conditions) {
        const found = constantly(one);
        if (found === null || found === decides) return found;
      }
      return !decides;
    }
  }
}

function truth(of: Operand): boolean | null {
  if ("id" in of) return null;
  const text = of.text.trim();
  return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : null;
}

function compared(comparison: Comparison, left: Operand, right: Operand): boolean | null {
  if ("id" in left || "id" in right) return null;
  switch (comparisonType(left.type, right.type, comparison)) {
    case "decimal": {
      const one = exact(left.text);
      const other = exact(right.text);
      return one && other ? holds(comparison, compare(one, other)) : null;
    }
    case "boolean": {
      const one = truth(left);
      const other = truth(right);
      return one === null || other === null ? null : one === other;
    }
    case "string":
      return left.text === right.text;
    case null:
      return null;
  }
}

function holds(comparison: Comparison, order: number): boolean {
  switch (comparison) {
    case "greaterThan":
      return order > 0;
    case "greaterOrEqual":
      return order >= 0;
    case "equalTo":
      return order === 0;
    case "lessOrEqual":
      return order <= 0;
    case "lessThan":
      return order < 0;
  }
}
