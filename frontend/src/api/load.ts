/** Loads what a page shows, and keeps it while pages come and go. */
import { useCallback, useEffect, useRef, useState } from "react";

export interface Loaded<T> {
  /** The newest that is known; stays while it is loaded again. */
  readonly data: T | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  /** Loads again. */
  readonly reload: () => Promise<void>;
  /** Puts in what is known by other means, e.g. as the answer to a change. */
  readonly put: (data: T) => void;
}

const kept = new Map<string, unknown>();
const MOST_KEPT = 100;

/** Forgets everything: somebody else logs in, or the same in another project. */
export function forgetAll(): void {
  kept.clear();
}

/**
 * Loads something under a key that names it exactly; another key loads anew. What was loaded under
 * a key before is shown at once. An empty key loads nothing.
 */
export function useLoad<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const newest = useRef(load);
  useEffect(() => {
    newest.current = load;
  });
  const [state, setState] = useState<{ key: string; data: T | undefined; error: unknown; loading: boolean }>(() => fresh<T>(key));
  const running = useRef<AbortController | null>(null);

  const reload = useCallback(async () => {
    if (key === "") return;
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    try {
      const data = await newest.current(mine.signal);
      if (mine.signal.aborted) return;
      keep(key, data);
      setState({ key, data, error: undefined, loading: false });
    } catch (error) {
      if (mine.signal.aborted) return;
      setState((was) => ({ key, data: was.key === key ? was.data : undefined, error, loading: false }));
    }
  }, [key]);

  useEffect(() => {
    setState((was) => (was.key === key ? was : fresh<T>(key)));
    void reload();
    return () => running.current?.abort();
  }, [key, reload]);

  const put = useCallback(
    (data: T) => {
      running.current?.abort();
      keep(key, data);
      setState({ key, data, error: undefined, loading: false });
    },
    [key],
  );

  const shown = state.key === key ? state : fresh<T>(key);
  return { data: shown.data, error: shown.error, loading: shown.loading, reload, put };
}

function fresh<T>(key: string) {
  return { key, data: kept.get(key) as T | undefined, error: undefined as unknown, loading: key !== "" };
}

function keep(key: string, data: unknown): void {
  kept.delete(key);
  kept.set(key, data);
  if (kept.size > MOST_KEPT) {
    for (const oldest of kept.keys()) {
      kept.delete(oldest);
      break;
    }
  }
}
