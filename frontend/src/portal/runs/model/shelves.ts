/** The parts of the list of runs, and what is asked of the platform for each. */
import type { Schemas } from "../../../api/client";

type State = Schemas["RunAnswer"]["state"];
export const SHELVES = ["all", "running", "you", "finished", "failed"] as const;
export type Shelf = (typeof SHELVES)[number];

const STATES: Readonly<Record<Shelf, readonly State[]>> = {
  all: [],
  running: ["waiting", "running", "failing", "aborting"],
  you: [],
  finished: ["succeeded"],
  failed: ["failed", "aborted"],
};

export interface Wanted {
  readonly shelf: Shelf;
  readonly text: string;
  readonly workflow: string;
  readonly mine: boolean;
  /** Days, as a date field gives them; empty: any. */
  readonly since: string;
  readonly until: string;
  /** `next` of the page before. */
  readonly after: string;
}

export const PAGE = 50;

export function shelfOf(text: string): Shelf {
  return SHELVES.find((shelf) => shelf === text) ?? "all";
}

/** Reads what is wanted from the query of an address. */
export function wantedOf(query: URLSearchParams): Wanted {
  const get = (name: string) => query.get(name) ?? "";
  return {
    shelf: shelfOf(get("show")), text: get("q"), workflow: get("workflow"), mine: get("owner") === "me",
    since: get("since"), until: get("until"), after: get("after"),
  };
}

/** Gives the query of a call; a day begins and ends where the visitor is. */
export function queryOf(wanted: Wanted, limit = PAGE) {
  const since = instantOf(wanted.since, 0);
  const until = instantOf(wanted.until, 1);
  return {
    limit,
    ...(STATES[wanted.shelf].length > 0 ? { state: [...STATES[wanted.shelf]] } : {}),
    ...(wanted.shelf === "you" ? { asking: true } : {}),
    ...(wanted.text ? { q: wanted.text } : {}),
    ...(wanted.workflow ? { workflow: wanted.workflow } : {}),
    ...(wanted.mine ? { owner: "me" } : {}),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
    ...(wanted.after ? { after: wanted.after } : {}),
  };
}

function instantOf(day: string, later: number): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return "";
  const at = new Date(`${day}T00:00:00`);
  if (Number.isNaN(at.getTime())) return "";
  at.setDate(at.getDate() + later);
  return at.toISOString();
}
