/** Which workflows somebody likes best; this browser remembers it, for each user and project. */
import { useCallback, useState } from "react";
import type { Me } from "../../api/session";
import { recall, remember } from "../../kit/kept";

export function read(text: string | null): ReadonlySet<string> {
  try {
    const found = JSON.parse(text ?? "[]") as unknown;
    return new Set(Array.isArray(found) ? found.filter((one) => typeof one === "string") : []);
  } catch {
    return new Set();
  }
}

export function useFavourites(me: Me | null | undefined): { has: (name: string) => boolean; toggle: (name: string) => void } {
  const key = `favourites.${me?.user ?? ""}.${me?.project ?? ""}`;
  const [names, setNames] = useState(() => read(recall(key)));
  const toggle = useCallback(
    (name: string) =>
      setNames((was) => {
        const next = new Set(was);
        if (!next.delete(name)) next.add(name);
        remember(key, JSON.stringify([...next]));
        return next;
      }),
    [key],
  );
  return { has: (name) => names.has(name), toggle };
}
