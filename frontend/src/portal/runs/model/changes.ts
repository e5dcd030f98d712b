/** What is different about a run that goes on from another one. */
import type { Port } from "./run";

/** Gives the inputs that were changed; null for those that are left out now. Secrets are given anew. */
export function changesOf(
  ports: readonly Port[],
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const found: Record<string, string | null> = {};
  for (const { name, type } of ports) {
    const value = now[name];
    if (type === "secret") {
      if (value !== undefined) found[name] = value;
    } else if (value === undefined) {
      if (name in before) found[name] = null;
    } else if (value !== before[name]) found[name] = value;
  }
  return found;
}
