/** What admin pages check before they ask: pure rules. */
import type { Me } from "../../api/session";

export const ROLES = ["viewer", "user", "developer", "admin"] as const;
export type Role = (typeof ROLES)[number];
export const RIGHTS = ["read", "run", "develop", "admin", "operate"] as const;
export type Right = (typeof RIGHTS)[number];

export const TABS = ["users", "projects", "roles", "tokens", "audit"] as const;
export type Tab = (typeof TABS)[number];

/** Tells whether somebody manages people at all. */
export function manages(me: Me): boolean {
  return me.rights.includes("admin") || me.rights.includes("operate");
}

/** Gives the scopes that somebody can give a token: those that they have the right to. */
export function scopesOf(me: Me): readonly Right[] {
  return RIGHTS.filter((right) => me.rights.includes(right));
}

const SHORTEST = 8;
/** Tells whether a password is long enough; signs are counted, not their bytes. */
export function isLongEnough(password: string): boolean {
  return Array.from(password).length >= SHORTEST;
}

/** Tells whether something looks like an e-mail address; nothing does too. */
export function mayBeEmail(typed: string): boolean {
  return typed.trim() === "" || /^[^\s@]+@[^\s@]+$/.test(typed.trim());
}

/** Reads for how many days a token is good: the instant of its end, null for none, undefined if it is neither. */
export function endOf(days: string, now: Date): string | null | undefined {
  const trimmed = days.trim();
  if (trimmed === "") return null;
  if (!/^[1-9][0-9]{0,3}$/.test(trimmed) || Number(trimmed) > 3650) return undefined;
  return new Date(now.getTime() + Number(trimmed) * 86_400_000).toISOString();
}

/** Gives roles with one more or one fewer, in their order. */
export function toggled(roles: readonly string[], role: Role, on: boolean): Role[] {
  return ROLES.filter((one) => (one === role ? on : roles.includes(one)));
}
