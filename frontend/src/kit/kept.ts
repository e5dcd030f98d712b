/** Small things that this browser remembers for a person: sizes, the chosen view. */
import { useCallback, useState } from "react";

/** Reads what was kept; null if there is nothing, or nothing can be kept here. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`tarry.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`tarry.${key}`, value);
  } catch {
    // no storage: forgotten with the page
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(`tarry.${key}`);
  } catch {
    // no storage: nothing was kept
  }
}

/** A state that this browser remembers. */
export function useKept(key: string, first: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => recall(key) ?? first);
  const put = useCallback(
    (next: string) => {
      setValue(next);
      remember(key, next);
    },
    [key],
  );
  return [value, put];
}
