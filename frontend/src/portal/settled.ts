/** What is typed, once the typing pauses. */
import { useEffect, useState } from "react";

const PAUSE_MS = 200;

/** A value once it has not changed for a moment. */
export function useSettled<T>(value: T, pause = PAUSE_MS): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause);
    return () => clearTimeout(timer);
  }, [value, pause]);
  return settled;
}
