/** The runs that wait for somebody: looked up once for the whole window, whatever page is shown. */
import { createContext, useContext, type ReactNode } from "react";
import { api, type Schemas } from "../api/client";
import { useNews } from "../api/events";
import { useLoad } from "../api/load";

/** So many are counted; beyond, it says "and more". */
const COUNTED = 100;

export interface Waiting {
  readonly runs: readonly Schemas["RunAnswer"][];
  /** There are more than are counted. */
  readonly more: boolean;
}

const NOBODY: Waiting = { runs: [], more: false };
const WaitingContext = createContext<Waiting>(NOBODY);

export function WaitingRuns({ project, children }: { project: string; children: ReactNode }) {
  const found = useLoad(`waiting ${project}`, (signal) => api.get("/api/v1/runs", { query: { asking: true, limit: COUNTED }, signal }));
  useNews(() => void found.reload(), (news) => news.kind !== "look", 2000);
  const waiting = found.data ? { runs: found.data.items, more: found.data.next !== "" } : NOBODY;
  return <WaitingContext value={waiting}>{children}</WaitingContext>;
}

export function useWaiting(): Waiting {
  return useContext(WaitingContext);
}
