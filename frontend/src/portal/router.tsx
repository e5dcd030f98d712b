/** A small router on the History API. What no route knows is left to the server. */
import { useSyncExternalStore, type AnchorHTMLAttributes, type ComponentType, type LazyExoticComponent, type MouseEvent } from "react";

export type Params = Readonly<Record<string, string>>;
export type Page = ComponentType<{ params: Params }> | LazyExoticComponent<ComponentType<{ params: Params }>>;

export interface Route {
  /** `/workflows/:name/start` */
  readonly path: string;
  readonly page: Page;
  /** Shown to who is not logged in, too. */
  readonly open?: boolean;
  /** Which entry of the navigation is marked. */
  readonly section?: string;
  /** The page fills the window: no margins, no footer. */
  readonly wide?: boolean;
}

/** Gives the parameters of a path if it fits a pattern. */
export function matched(pattern: string, path: string): Params | null {
  const wanted = pattern.split("/");
  const found = path.replace(/(.)\/$/, "$1").split("/");
  if (wanted.length !== found.length) return null;
  const params: Record<string, string> = {};
  for (const [index, piece] of wanted.entries()) {
    const part = found[index] ?? "";
    if (piece.startsWith(":")) {
      if (part === "") return null;
      try {
        params[piece.slice(1)] = decodeURIComponent(part);
      } catch {
        return null;
      }
    } else if (piece !== part) return null;
  }
  return params;
}

/** Finds the route of a path: the first one in the table that fits. */
export function routeOf(routes: readonly Route[], path: string): { route: Route; params: Params } | null {
  for (const route of routes) {
    const params = matched(route.path, path);
    if (params) return { route, params };
  }
  return null;
}

const listeners = new Set<() => void>();
let known: readonly Route[] = [];
/** Asked before the page is left; gives words if something would be lost. */
let guard: (() => string | null) | null = null;

/** Tells the router which routes there are. */
export function setRoutes(routes: readonly Route[]): void {
  known = routes;
}

/** Has somebody asked before this page is left; gives the way to stop asking. */
export function askBeforeLeaving(ask: () => string | null): () => void {
  guard = ask;
  const warn = (event: BeforeUnloadEvent) => {
    if (ask() !== null) event.preventDefault();
  };
  addEventListener("beforeunload", warn);
  return () => {
    if (guard === ask) guard = null;
    removeEventListener("beforeunload", warn);
  };
}

function here(): string {
  return location.pathname + location.search;
}
let current = typeof location === "undefined" ? "/" : here();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

if (typeof window !== "undefined") {
  addEventListener("popstate", () => {
    const words = guard?.() ?? null;
    if (words !== null && !confirm(words)) {
      history.pushState(null, "", current);
      return;
    }
    current = here();
    tell();
  });
}

/** Goes to an address of ours; a page that the app does not have is loaded from the server. */
export function navigate(to: string, how: { replace?: boolean } = {}): void {
  const target = new URL(to, location.href);
  if (target.origin !== location.origin || routeOf(known, target.pathname) === null) {
    location.assign(target.href);
    return;
  }
  const path = target.pathname + target.search;
  const leaves = target.pathname !== location.pathname;
  const words = leaves ? (guard?.() ?? null) : null;
  if (words !== null && !confirm(words)) return;
  if (how.replace) history.replaceState(null, "", path + target.hash);
  else history.pushState(null, "", path + target.hash);
  current = path;
  tell();
  if (leaves) {
    scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }
}

/** Where the visitor is: path and query. */
export function useHere(): URL {
  const text = useSyncExternalStore(subscribe, () => current);
  return new URL(text, "http://here");
}

/** Gives a parameter of the query, and the way to change it without leaving the page. */
export function useQuery(name: string): [string, (value: string, how?: { replace?: boolean }) => void] {
  const value = useHere().searchParams.get(name) ?? "";
  return [
    value,
    (next, how = { replace: true }) => {
      const url = new URL(location.href);
      if (next) url.searchParams.set(name, next);
      else url.searchParams.delete(name);
      navigate(url.pathname + url.search, how);
    },
  ];
}

/** A link: within the app without loading anything anew, elsewhere as always. */
export function Link({ to, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { to: string }) {
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !plain || rest.target || rest.download !== undefined) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={to} onClick={go} {...rest} />;
}
