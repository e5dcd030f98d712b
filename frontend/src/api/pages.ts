/** Lists come in pages; some are wanted whole. */

const AT_ONCE = 1000;

export interface Paged<T> {
  readonly items: T[];
  /** Where the next page begins; empty: this is all. */
  readonly next: string;
}

export interface Asked {
  limit: number;
  after?: string;
}

/** Gives all pages of a list as one. */
export async function everything<T>(page: (asked: Asked) => Promise<{ items: T[]; next?: string }>): Promise<Paged<T>> {
  const items: T[] = [];
  let after = "";
  do {
    const one = await page(after === "" ? { limit: AT_ONCE } : { limit: AT_ONCE, after });
    items.push(...one.items);
    after = one.next ?? "";
  } while (after !== "");
  return { items, next: "" };
}
