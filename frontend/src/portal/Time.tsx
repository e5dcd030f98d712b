/** Instants and durations that stay true while somebody looks at them. */
import { useEffect, useState } from "react";
import { ago, duration, exactly } from "../messages/words";

/** The instant now, renewed every so many milliseconds. */
export function useNow(every: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** How long ago something was; exactly when, for who points at it. */
export function When({ at }: { at: string }) {
  const now = useNow(30_000);
  return (
    <time dateTime={at} title={exactly(at)}>
      {ago(at, now)}
    </time>
  );
}

/** How long something took, or takes so far. */
export function Elapsed({ from, to }: { from: string | null; to: string | null }) {
  return from === null ? null : to === null ? <Going from={from} /> : <span className="tabular">{between(from, to)}</span>;
}

function Going({ from }: { from: string }) {
  const now = useNow(1000);
  return <span className="tabular">{between(from, now.toISOString())}</span>;
}

function between(from: string, to: string): string {
  return duration((new Date(to).getTime() - new Date(from).getTime()) / 1000);
}
