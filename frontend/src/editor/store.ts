/** What the editor knows: the document and its past, what the rules think of it, where everything stands, what is chosen. */
import { useSyncExternalStore } from "react";
import { newDocument, type Doc } from "../graph/document";
import { begun, done, redone, undone, type History } from "../graph/history";
import { libraryOf, type Library } from "../graph/library";
import { judge, type Judged } from "../graph/rules";
import type { Problem, Reason } from "../graph/telling";
import type { From, To } from "../graph/wires";
import { layoutOf, type Box, type Layout } from "../graph-view/layout";
import { FULL } from "../graph-view/shape";
import type { Shown } from "./shown";

/** What the platform says about a place, in its own words. */
export interface Remark {
  readonly place: string;
  readonly code: string;
  readonly message: string;
}

/** A wire that somebody is about to draw, from one of its ends. */
export type Loose = { readonly from: From } | { readonly to: To };

export interface State {
  readonly history: History;
  readonly library: Library;
  readonly judged: Judged;
  readonly layout: Layout;
  /** Places that have problems, with the worst of each. */
  readonly byPlace: ReadonlyMap<string, readonly (Problem | Remark)[]>;
  /** Those places, and all that they lie in: `i1/then/s2/size` has a problem, so `i1` has one. */
  readonly wrong: ReadonlySet<string>;
  readonly chosen: ReadonlySet<string>;
  readonly loose: Loose | null;
  /** Why the wire that is being drawn cannot end where the pointer is. */
  readonly refused: Reason | null;
  /** Also what the platform fills in. */
  readonly all: boolean;
  /** What the platform said when it was saved last, of that very document. */
  readonly remarks: { readonly doc: Doc; readonly problems: readonly Remark[] } | null;
  readonly readOnly: boolean;
  /** The run that is shown on the canvas. */
  readonly run: Shown | null;
  /** What is said to who cannot see it. */
  readonly said: string;
}

type Listener = () => void;

export class Store {
  private state: State;
  private readonly listeners = new Set<Listener>();

  constructor() {
    const doc = newDocument("New");
    const library = libraryOf([]);
    const judged = judge(doc, library);
    this.state = {
      history: begun(doc), library, judged, byPlace: new Map(), wrong: new Set(), layout: layoutOf(doc, library, { metrics: FULL, all: false }), chosen: new Set(),
      loose: null, refused: null, all: false, remarks: null, readOnly: false, run: null, said: "",
    };
  }

  readonly get = (): State => this.state;

  get doc(): Doc {
    return this.state.history.now.doc;
  }

  readonly subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  say(said: string): void {
    this.set({ said });
  }

  /** Begins with a document: nothing can be undone. */
  open(doc: Doc, library: Library): void {
    this.derive({ history: begun(doc), library, chosen: new Set(), loose: null, remarks: null }, new Set());
  }

  /** Lets the document be changed, or only be looked at. */
  lock(readOnly: boolean): void {
    this.set({ readOnly });
  }

  learn(library: Library): void {
    this.derive({ library }, new Set());
  }

  showAll(all: boolean): void {
    this.derive({ all }, new Set());
  }

  /** Makes a change; `join` makes one of several that follow each other, `first` stays where it was put. */
  change(doc: Doc, did: string, how: { join?: string; chosen?: Iterable<string>; first?: ReadonlySet<string> } = {}): void {
    if (this.state.readOnly || doc === this.doc) return;
    const history = done(this.state.history, doc, did, how.join ?? "");
    this.derive({ history, ...(how.chosen ? { chosen: new Set(how.chosen) } : {}) }, how.first ?? new Set());
  }

  undo(): void {
    this.derive({ history: undone(this.state.history) }, new Set());
  }

  redo(): void {
    this.derive({ history: redone(this.state.history) }, new Set());
  }

  choose(uids: Iterable<string>): void {
    const chosen = new Set(uids);
    const same = chosen.size === this.state.chosen.size && [...chosen].every((uid) => this.state.chosen.has(uid));
    if (!same) this.set({ chosen });
  }

  remark(doc: Doc, problems: readonly Remark[]): void {
    this.derive({ remarks: { doc, problems } }, new Set());
  }

  /**
   * Works out everything that follows from the document. What comes out as it was stays the same object:
   * hundreds of boxes look at it, and draw themselves anew if it is another one.
   */
  private derive(change: Partial<State>, first: ReadonlySet<string>): void {
    const before = this.state;
    const next = { ...before, ...change };
    const doc = next.history.now.doc;
    const same = doc === this.doc && next.library === before.library;
    const judged = same ? next.judged : judge(doc, next.library);
    const layout = same && next.all === before.all ? next.layout : this.layout(next, first);
    const byPlace = keptProblems(before.byPlace, problemsByPlace(judged, next.remarks?.doc === doc ? next.remarks.problems : []));
    const wrong = byPlace === before.byPlace ? before.wrong : new Set([...byPlace.keys()].flatMap(around));
    const alive = [...next.chosen].filter((uid) => layout.boxes.has(uid));
    const chosen = alive.length === next.chosen.size ? next.chosen : new Set(alive);
    this.set({ ...next, judged, layout, byPlace, wrong, chosen });
  }

  private layout(next: State, first: ReadonlySet<string>): Layout {
    const made = layoutOf(next.history.now.doc, next.library, { metrics: FULL, all: next.all, first });
    // With other services, boxes of the same size may have other ports.
    return next.library === this.state.library ? keptLayout(this.state.layout, made) : made;
  }
}

type Told = readonly (Problem | Remark)[];

/** Brings together what the rules say of each place, and what only the platform can know. */
function problemsByPlace(judged: Judged, remarks: readonly Remark[]): Map<string, Told> {
  const found = new Map<string, (Problem | Remark)[]>();
  const note = (one: Problem | Remark) => {
    const there = found.get(one.place);
    if (there) there.push(one);
    else found.set(one.place, [one]);
  };
  judged.problems.forEach(note);
  const known = new Set(judged.problems.map((one) => `${one.place} ${one.code}`));
  remarks.filter((one) => !known.has(`${one.place} ${one.code}`)).forEach(note);
  return found;
}

function keptProblems(before: ReadonlyMap<string, Told>, now: Map<string, Told>): ReadonlyMap<string, Told> {
  let same = before.size === now.size;
  for (const [place, told] of now) {
    const old = before.get(place);
    if (old && JSON.stringify(old) === JSON.stringify(told)) now.set(place, old);
    else same = false;
  }
  return same ? before : now;
}

/** Gives a place and everything that it lies in. */
function around(place: string): string[] {
  const pieces = place.split("/");
  return pieces.map((_, index) => pieces.slice(0, index + 1).join("/"));
}

function keptLayout(before: Layout, now: Layout): Layout {
  const boxes = new Map<string, Box>();
  for (const [uid, box] of now.boxes) {
    const old = before.boxes.get(uid);
    boxes.set(uid, old && sameBox(old, box) ? old : box);
  }
  return { ...now, boxes };
}

function sameBox(one: Box, other: Box): boolean {
  return (
    one.node === other.node && one.parent === other.parent && one.x === other.x && one.y === other.y && one.width === other.width &&
    one.height === other.height && one.shape.top.length === other.shape.top.length && one.lanes.length === other.lanes.length &&
    one.lanes.every((lane, index) => lane.y === other.lanes[index]?.y && lane.height === other.lanes[index].height && lane.width === other.lanes[index].width)
  );
}

/** Follows a piece of what the editor knows; the piece has to be the same object as long as it is the same. */
export function useStore<T>(store: Store, pick: (state: State) => T): T {
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}
