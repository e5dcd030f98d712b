/** Which news concern somebody who looks at one run. */
import type { News } from "../api/events";
import type { Run } from "./states";

/** So long after its end a run may still show another page. */
const LINGERS_MS = 30_000;

export function concerns(run: Run | undefined, id: string, news: News): boolean {
  if (news.kind === "changed") return news.run === id;
  if (news.kind !== "look") return true;
  if (news.run !== undefined && news.run !== id) return false;
  return !run?.ended_at || Date.now() - Date.parse(run.ended_at) < LINGERS_MS;
}
