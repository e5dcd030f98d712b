/** Names of workflows in addresses. */

/** Makes one out of a title. */
export function nameFor(title: string): string {
  return title.normalize("NFKD").replace(/[^A-Za-z0-9_.-]+/g, "_").replace(/^[.-]+|_+$/g, "").slice(0, 100);
}
