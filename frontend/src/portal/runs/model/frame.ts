/** What a status page may say to the portal, and what is made of it. Nothing of it is trusted. */

export type Said = { readonly tarry: "height"; readonly needed: number; readonly given: number; readonly tag: string } | { readonly tarry: "notify"; readonly message: string };

/** Pixels. A page that wants to be taller scrolls. */
export const TALLEST = 1400;
const A_LITTLE = 32;

/** Reads what came; null if it is nothing that we know. */
export function heard(data: unknown): Said | null {
  if (typeof data !== "object" || data === null || !("tarry" in data)) return null;
  if (data.tarry === "height" && "needed" in data && "given" in data) {
    const needed = Number(data.needed);
    const given = Number(data.given);
    const tag = "tag" in data && typeof data.tag === "string" ? data.tag : "";
    return Number.isFinite(needed) && Number.isFinite(given) ? { tarry: "height", needed, given, tag } : null;
  }
  if (data.tarry === "notify" && "message" in data && typeof data.message === "string") return { tarry: "notify", message: data.message };
  return null;
}

/**
 * Gives the height of a frame after its page has said what it needs. It only grows, within limits, and
 * not by a little: a page that fills its window would never stop growing.
 */
export function grown(height: number, needed: number, given: number): number {
  if (!(needed > given + A_LITTLE)) return height;
  return Math.max(height, Math.min(Math.ceil(needed), TALLEST));
}

/** No more waits than a person could mean. */
export const MOST_LETTERS = 20;

/** Messages of a page to its step: one after the other. */
export class Letters {
  private line: Promise<void> = Promise.resolve();
  private unsaid = 0;

  constructor(private readonly send: (message: string) => Promise<void>) {}

  /** Takes a message; false if too many wait already. */
  add(message: string): boolean {
    if (this.unsaid >= MOST_LETTERS) return false;
    this.unsaid += 1;
    this.line = this.line
      .then(() => this.send(message))
      .catch(() => undefined)
      .finally(() => {
        this.unsaid -= 1;
      });
    return true;
  }
}
