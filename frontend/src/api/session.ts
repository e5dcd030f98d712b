/** Who is logged in, in which project. */
import { useSyncExternalStore } from "react";
import { api, whenLoggedOut, type Schemas } from "./client";
import { forgetAll } from "./load";

export type Me = Schemas["MeAnswer"];
/** `null`: nobody. `undefined`: not known yet. */
type State = Me | null | undefined;

let me: State;
let failure: unknown;
const listeners = new Set<() => void>();

function set(next: State, error?: unknown): void {
  me = next;
  failure = error;
  for (const listener of listeners) listener();
}

whenLoggedOut(() => {
  if (me) set(null);
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Who is logged in; `undefined` until that is known. */
export function useMe(): State {
  return useSyncExternalStore(subscribe, () => me);
}

/** Why it could not be found out who is logged in. */
export function useSessionFailure(): unknown {
  return useSyncExternalStore(subscribe, () => failure);
}

/** Asks the platform who is logged in. */
export async function findOut(): Promise<void> {
  try {
    set((await api.get("/api/v1/session")).me);
  } catch (error) {
    set(undefined, error);
  }
}

/** Logs in, so that this browser keeps it in a cookie that no script can read. */
export async function logIn(user: string, password: string, project: string): Promise<void> {
  const found = await api.post("/api/v1/session", { body: { user, password, project: project || null } });
  forgetAll();
  set(found);
}

export async function logOut(): Promise<void> {
  await api.delete("/api/v1/session");
  forgetAll();
  set(null);
}

/** Goes on in another project. */
export async function switchProject(project: string): Promise<void> {
  const found = await api.put("/api/v1/session/project", { body: { project } });
  forgetAll();
  set(found);
}
