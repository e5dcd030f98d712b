/** What is different about a run that goes on from another one. */
import { entry } from "../../../graph/document";
import type { Port } from "./run";

/** Gives the inputs that were changed; null for those that are left out now. Secrets are given anew. */
export function changesOf(
  ports: readonly Port[],
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const found: [string, string | null][] = [];
  for (const { name, type } of ports) {
    const was = entry(before, name);
    const value = entry(now, name);
    if (type === "secret") {
      if (value !== undefined) found.push([name, value]);
    } else if (value !== was) found.push([name, value ?? null]);
  }
  return Object.fromEntries(found);
}
