/** Which workflows somebody likes best: the platform remembers it, for each user and project. */
import { useCallback, useMemo } from "react";
import { api, Problem, wordsOf } from "../../api/client";
import { useLoad } from "../../api/load";
import { useMe, type Me } from "../../api/session";
import { toast } from "../../kit";
import { forget, recall } from "../../kit/kept";

/** Reads what browsers kept before the platform did. */
export function read(text: string | null): ReadonlySet<string> {
  try {
    const found = JSON.parse(text ?? "[]") as unknown;
    return new Set(Array.isArray(found) ? found.filter((one) => typeof one === "string") : []);
  } catch {
    return new Set();
  }
}

export interface Favourites {
  /** Whether they are known by now, or cannot be. */
  readonly ready: boolean;
  readonly has: (name: string) => boolean;
  readonly toggle: (name: string) => void;
}

/** One change after the other, or the last click might not be the last word. */
let before: Promise<unknown> = Promise.resolve();

export function useFavourites(): Favourites {
  const me = useMe();
  const { data, error, put, reload } = useLoad<ReadonlySet<string>>(me ? "favourites" : "", async (signal) => {
    if (me) await bringOver(me);
    return new Set((await api.get("/api/v1/me/favourites", { signal })).items);
  });
  const toggle = useCallback(
    (name: string) => {
      const next = new Set(data);
      const liked = !next.delete(name);
      if (liked) next.add(name);
      put(next);
      before = before.then(() => tell(name, liked)).catch((failure: unknown) => {
        toast(wordsOf(failure));
        return reload();
      });
    },
    [data, put, reload],
  );
  return useMemo(() => ({ ready: data !== undefined || error !== undefined, has: (name) => data?.has(name) ?? false, toggle }), [data, error, toggle]);
}

async function tell(name: string, liked: boolean): Promise<void> {
  const options = { path: { name } };
  if (liked) await api.put("/api/v1/me/favourites/{name}", options);
  else await api.delete("/api/v1/me/favourites/{name}", options);
}

/** Tells the platform what this browser has kept by itself until now. */
async function bringOver(me: Me): Promise<void> {
  const key = `favourites.${me.user}.${me.project}`;
  const kept = recall(key);
  if (kept === null) return;
  for (const name of read(kept)) {
    try {
      await tell(name, true);
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) return; // another time; else there is none of this name
    }
  }
  forget(key);
}
