/** How a service stands and what it is, in a word and a shape. */
import type { Schemas } from "../../api/client";
import { Badge } from "../../kit";
import { text } from "../../messages/en";
import type { Kind } from "./said";

const words = text.services;
const TONES = { ok: "good", changed: "ask", away: "bad", unreadable: "bad", unknown: "idle" } as const;

type Health = Schemas["HealthAnswer"] | null | undefined;

export function HealthBadge({ health }: { health: Health }) {
  const state = health?.state ?? "unknown";
  return <Badge tone={TONES[state]}>{words.health[state]}</Badge>;
}

export function KindChip({ kind }: { kind: Kind }) {
  return <span className="chip">{words.kinds[kind]}</span>;
}
