/** What a person can do in the editor, whatever they do it with: mouse, keyboard, or palette. */
import { isWire, type Doc, type Node, type Point } from "../graph/document";
import { added, changed, moved, placedAt, removed, unwired, wired, withConstant, withInput, withOutput } from "../graph/edits";
import { chosenNodes, copied, duplicated, pasted, readClip } from "../graph/clip";
import { newConstruct, newNested, newStep, wrapped, type ConstructKind } from "../graph/making";
import { laneOf, lanesFor, meetingOf, nodesAt, sorted, withNodesAt, type LaneAt } from "../graph/order";
import { isConstruct, keyOf, nodeOf } from "../graph/walking";
import { sourceAt, type From, type To } from "../graph/wires";
import { bestInput, offersFor, portFrom, portTo, tried } from "../graph/wiring";
import { FULL, titleOf } from "../graph-view/shape";
import { layoutOf, absolute } from "../graph-view/layout";
import { misfitOf } from "../graph/fits";
import { outputsOf } from "../graph/library";
import { editor as text } from "../messages/en/editor";
import { picture } from "../messages/en/picture";
import { wordsFor } from "./words";
import type { Loose, Store } from "./store";

/** What can be added. */
export type Addition =
  | { readonly kind: "service"; readonly uri: string }
  | { readonly kind: "workflow"; readonly uri: string }
  | { readonly kind: "construct"; readonly construct: ConstructKind }
  | { readonly kind: "input" }
  | { readonly kind: "output" };

export class Commands {
  constructor(private readonly store: Store) {}

  private get doc(): Doc {
    return this.store.doc;
  }

  /** Whether the document is only looked at: then nothing may be said to have been done to it. */
  private get locked(): boolean {
    return this.store.get().readOnly;
  }

  /** Wires two ends if that can be; otherwise says why not. */
  connect(from: From, to: To): boolean {
    const { library, judged } = this.store.get();
    const attempt = tried(this.doc, library, judged, from, to);
    this.store.set({ loose: null, refused: null });
    if (attempt.refused) {
      this.store.say(text.refused(wordsFor(attempt.refused)));
      return false;
    }
    this.store.change(attempt.doc, "wire");
    this.store.say(text.wired);
    return true;
  }

  /** Begins a wire, or ends the one that was begun. */
  press(end: Loose): void {
    if (this.locked) return;
    const { loose } = this.store.get();
    if (loose && "from" in loose && "to" in end) this.connect(loose.from, end.to);
    else if (loose && "to" in loose && "from" in end) this.connect(end.from, loose.to);
    else {
      this.store.set({ loose: end });
      this.store.say("from" in end ? text.startedFrom : text.startedTo);
    }
  }

  letGo(): void {
    if (this.store.get().loose) this.store.set({ loose: null, refused: null, said: text.letGo });
  }

  unwire(to: To): void {
    this.store.change(unwired(this.doc, to), "unwire");
  }

  /** Writes a value into a port; nothing takes it away. */
  write(to: To, value: string | null): void {
    const source = sourceAt(this.doc, to);
    if (value === null ? source === null : source !== null && !isWire(source) && source.value === value) return;
    const doc = value === null ? unwired(this.doc, to) : withConstant(this.doc, to, value);
    this.store.change(doc, "value", { join: `value ${JSON.stringify(to)}` });
  }

  /** Changes a node by hand; what is typed into one field is one change. */
  edit(uid: string, field: string, change: (node: Node) => Node): void {
    this.store.change(changed(this.doc, uid, change), "edit", { join: `${uid} ${field}` });
  }

  remove(uids: Iterable<string>): void {
    const all = [...uids];
    if (this.locked || all.length === 0) return;
    this.store.change(removed(this.doc, all), "remove", { chosen: [] });
    this.store.say(text.removed(all.length));
  }

  /** Where something new goes: into the chosen construct, or behind what is chosen. */
  placeForNew(): { lane: LaneAt; index: number } {
    const uid = [...this.store.get().chosen].find((one) => nodeOf(this.doc, one) !== undefined);
    const node = uid === undefined ? undefined : nodeOf(this.doc, uid);
    if (!node) return { lane: { parent: null, lane: 0 }, index: this.doc.body.length };
    if (isConstruct(node) && this.store.get().chosen.size === 1) {
      const lane = { parent: node.uid, lane: 0 };
      return { lane, index: nodesAt(this.doc, lane).length };
    }
    const lane = laneOf(this.doc, node.uid);
    return { lane, index: nodesAt(this.doc, lane).findIndex((one) => one.uid === node.uid) + 1 };
  }

  /** Adds something, wires it to the loose end if there is one, and gives its uid. */
  add(what: Addition, how: { at?: Point | null; into?: LaneAt; loose?: Loose | null } = {}): string {
    const loose = how.loose ?? null;
    const place = how.into ? { lane: how.into, index: nodesAt(this.doc, how.into).length } : this.placeFor(loose);
    const at = how.at ?? null;
    if (what.kind === "input" || what.kind === "output") return this.addEnd(what.kind, at, loose);
    const node = this.made(what, at);
    if (!node) return "";
    let doc = added(this.doc, place.lane, node, place.index);
    const { library, judged } = this.store.get();
    if (loose && "from" in loose) {
      const port = bestInput(doc, library, node.uid, portFrom(this.doc, library, judged, loose.from));
      if (port !== null) doc = wired(doc, loose.from, { kind: "port", uid: node.uid, port });
    } else if (loose && (node.kind === "step" || node.kind === "nested")) {
      const wanted = portTo(this.doc, library, loose.to);
      const port = [...outputsOf(library, node).values()].find((one) => !wanted || misfitOf(one, wanted) === null);
      if (port) doc = wired(doc, { kind: "port", uid: node.uid, port: port.name }, loose.to);
    }
    this.store.set({ loose: null });
    this.store.change(doc, "add", { chosen: [node.uid], first: new Set([node.uid]) });
    const title = titleOf(node, library);
    this.store.say(text.added(title === "" ? picture.kinds[node.kind] : title));
    return node.uid;
  }

  /** What is wired to something stands beside it: before what takes its value, behind what gives it one. */
  private placeFor(loose: Loose | null): { lane: LaneAt; index: number } {
    const uid = loose ? ("from" in loose ? loose.from.uid : loose.to.uid) : "";
    const node = nodeOf(this.doc, uid);
    if (!loose || !node) return this.placeForNew();
    const lane = laneOf(this.doc, uid);
    const index = nodesAt(this.doc, lane).findIndex((one) => one.uid === uid);
    return { lane, index: "from" in loose ? index + 1 : index };
  }

  private made(what: Addition, at: Point | null): Node | null {
    const { library } = this.store.get();
    if (what.kind === "construct") return newConstruct(this.doc, what.construct, at);
    if (what.kind === "workflow") return newNested(what.uri, at);
    const service = what.kind === "service" ? library.services.get(what.uri) : undefined;
    return service ? newStep(service, at) : null;
  }

  private addEnd(kind: "input" | "output", at: Point | null, loose: Loose | null): string {
    const wish = loose ? this.nameOf(loose) : kind;
    const made = kind === "input" ? withInput(this.doc, wish, at) : withOutput(this.doc, wish, at);
    let doc = made.doc;
    if (loose && "to" in loose && kind === "input") doc = wired(doc, { kind: "end", uid: made.uid }, loose.to);
    if (loose && "from" in loose && kind === "output") doc = wired(doc, loose.from, { kind: "end", uid: made.uid });
    this.store.set({ loose: null });
    this.store.change(doc, "add", { chosen: [made.uid] });
    this.store.say(text.added(wish));
    return made.uid;
  }

  private nameOf(loose: Loose): string {
    const end = "from" in loose ? loose.from : loose.to;
    if (end.kind === "port") return end.port;
    return "id" in end ? end.id : "from" in loose ? "output" : "input";
  }

  /** Puts things where they were dropped: there, and in the sequence that is there. Others make room. */
  drop(points: ReadonlyMap<string, Point>, into: LaneAt | null): void {
    let doc = placedAt(this.doc, points);
    const uids = [...points.keys()];
    if (into) {
      for (const node of chosenNodes(doc, uids)) {
        const at = points.get(node.uid) ?? { x: 0, y: 0 };
        // In a container the order goes from left to right, until somebody changes it.
        const index = nodesAt(doc, into).filter((one) => one.uid !== node.uid && (this.store.get().layout.boxes.get(one.uid)?.at.x ?? 0) <= at.x).length;
        doc = moved(doc, node.uid, into, index, at);
        const order = sorted(nodesAt(doc, into));
        if (order) doc = withNodesAt(doc, into, () => order);
      }
    }
    const { library, all } = this.store.get();
    const first = new Set(uids);
    const layout = layoutOf(doc, library, { metrics: FULL, all, first });
    const room = new Map<string, Point>();
    for (const [uid, box] of layout.boxes) {
      const placed = box.node ? box.node.at : null;
      if (placed && (placed.x !== box.at.x || placed.y !== box.at.y)) room.set(uid, box.at);
    }
    this.store.change(placedAt(doc, room), "move", { first });
  }

  /** Moves what is chosen a little, by keyboard. */
  nudge(by: Point): void {
    const { layout, chosen } = this.store.get();
    const points = new Map<string, Point>();
    for (const uid of chosen) {
      const box = layout.boxes.get(uid);
      if (box) points.set(uid, { x: box.at.x + by.x, y: box.at.y + by.y });
    }
    if (points.size > 0) this.store.change(placedAt(this.doc, points), "move", { join: `nudge ${[...chosen].join()}`, first: new Set(points.keys()) });
  }

  /** Moves a step in its sequence: earlier or later. */
  reorder(uid: string, by: number): void {
    const lane = laneOf(this.doc, uid);
    const index = nodesAt(this.doc, lane).findIndex((one) => one.uid === uid);
    if (this.locked || index < 0) return;
    this.store.change(moved(this.doc, uid, lane, index + by), "order");
    this.store.say(text.movedTo(keyOf(this.doc, uid)));
  }

  /** Puts a step before or behind another one, in that one's sequence. */
  moveBeside(uid: string, other: string, side: "before" | "after"): void {
    if (uid === other) return;
    const lane = laneOf(this.doc, other);
    const rest = nodesAt(this.doc, lane).filter((one) => one.uid !== uid);
    const index = rest.findIndex((one) => one.uid === other) + (side === "after" ? 1 : 0);
    const same = meetingOf(this.doc, uid, other)?.one === uid && laneOf(this.doc, uid).parent === lane.parent;
    this.store.change(same ? moved(this.doc, uid, lane, index) : moved(this.doc, uid, lane, index, null), "order");
  }

  moveInto(uid: string, into: LaneAt): void {
    this.store.change(moved(this.doc, uid, into, Number.MAX_SAFE_INTEGER, null), "order");
  }

  /** Moves a step into the next sequence of the document, or the one before: into a container, to its other side, out of it. */
  moveOver(uid: string, by: number): void {
    const here = laneOf(this.doc, uid);
    const lanes = lanesFor(this.doc, uid);
    const into = lanes[lanes.findIndex((one) => one.parent === here.parent && one.lane === here.lane) + by];
    if (this.locked || !into) return;
    this.moveInto(uid, into);
    this.store.say(text.movedTo(keyOf(this.doc, uid)));
  }

  copy(): string {
    const { chosen } = this.store.get();
    return chosenNodes(this.doc, [...chosen]).length > 0 ? copied(this.doc, [...chosen]) : "";
  }

  /** Puts in what was copied, here or in another document; gives whether it was such. */
  paste(clip: string): boolean {
    const found = readClip(clip);
    if (this.locked || !found) return false;
    const { lane, index } = this.placeForNew();
    const { doc, uids } = pasted(this.doc, found.nodes, lane, { keep: found.from === this.doc.uri, by: { x: 32, y: 32 }, index });
    this.store.change(doc, "paste", { chosen: uids });
    this.store.say(text.pasted(uids.length));
    return true;
  }

  duplicate(): void {
    const { doc, uids } = duplicated(this.doc, [...this.store.get().chosen], { x: 32, y: 32 });
    if (uids.length > 0) this.store.change(doc, "duplicate", { chosen: uids });
  }

  wrap(kind: ConstructKind): void {
    const nodes = [...this.store.get().chosen].filter((uid) => nodeOf(this.doc, uid));
    const { doc, uid } = wrapped(this.doc, nodes, kind);
    if (uid !== "") this.store.change(doc, "wrap", { chosen: [uid] });
  }

  /** Gives what could stand at the loose end of a wire. */
  offers(loose: Loose): readonly string[] {
    const { library, judged } = this.store.get();
    const end = "from" in loose ? { from: portFrom(this.doc, library, judged, loose.from) } : { to: portTo(this.doc, library, loose.to) };
    return offersFor(library, end).map((offer) => offer.service.uri);
  }

  /** Gives where a thing stands on the whole canvas. */
  standsAt(uid: string): Point {
    return absolute(this.store.get().layout, uid);
  }
}
