/** The entries of the navigation. */
import type { Me } from "../api/session";
import { text } from "../messages/en";

export interface Section {
  readonly id: string;
  readonly to: string;
  readonly label: string;
}

/** Gives what somebody can go to. */
export function sections(_me: Me): readonly Section[] {
  return [{ id: "workflows", to: "/", label: text.shell.workflows }];
}
