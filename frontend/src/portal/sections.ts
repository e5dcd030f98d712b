/** The entries of the navigation. */
import type { Me } from "../api/session";
import { text } from "../messages/en";

export interface Section {
  readonly id: string;
  readonly to: string;
  readonly label: string;
}

/** Gives what somebody can go to. */
export function sections(me: Me): readonly Section[] {
  const manages = me.rights.includes("admin") || me.rights.includes("operate");
  return [
    { id: "workflows", to: "/", label: text.shell.workflows },
    { id: "runs", to: "/runs", label: text.shell.runs },
    { id: "services", to: "/services", label: text.shell.services },
    ...(manages ? [{ id: "admin", to: "/admin", label: text.shell.admin }] : []),
  ];
}
