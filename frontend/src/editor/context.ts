/** The editor that a component belongs to. */
import { createContext, useContext } from "react";
import { useStore, type State, type Store } from "./store";
import type { Commands } from "./commands";

export interface Editing {
  readonly store: Store;
  readonly commands: Commands;
}

export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing {
  const found = useContext(EditingContext);
  if (!found) throw new Error("there is no editor around this");
  return found;
}

export function useState_<T>(pick: (state: State) => T): T {
  return useStore(useEditing().store, pick);
}
