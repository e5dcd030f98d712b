/** Where everything on the canvas stands: what somebody has placed stays there, the rest finds a place; nothing overlaps. */
import type { Doc, Node, Point } from "../graph/document";
import { idsIn } from "../graph/ids";
import type { Library } from "../graph/library";
import { idsDefinedBy, isConstruct, lanesOf, type Nodes } from "../graph/walking";
import { hasLaneLabels, shapeOf, type Metrics, type Shape } from "./shape";

export interface LaneBox {
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Where the things in it begin, seen from the box. */
  readonly content: Point;
}

/** A box, placed as seen from the box around it. */
export interface Box {
  readonly uid: string;
  readonly parent: string | null;
  readonly node: Node | null;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly shape: Shape;
  readonly lanes: readonly LaneBox[];
  /** Where it is seen from the sequence that it stands in: what a document keeps. */
  readonly at: Point;
}

export interface Layout {
  /** Containers come before what is in them. */
  readonly boxes: ReadonlyMap<string, Box>;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

export interface How {
  readonly metrics: Metrics;
  /** Also what the platform fills in. */
  readonly all: boolean;
  /** Leave out where things were placed: find a place for everything. */
  readonly anew?: boolean;
  /** What was put somewhere just now: others make room for it. */
  readonly first?: ReadonlySet<string>;
}

interface Sized {
  readonly uid: string;
  readonly width: number;
  readonly height: number;
  readonly at: Point | null;
}
interface Measured extends Sized {
  readonly node: Node;
  readonly shape: Shape;
  readonly lanes: readonly (LaneBox & { readonly inside: ReadonlyMap<string, Point>; readonly children: readonly Measured[] })[];
}

const EMPTY: Shape = { top: [], bottom: [] };

export function layoutOf(doc: Doc, library: Library, how: How): Layout {
  const { metrics } = how;
  const boxes = new Map<string, Box>();
  const body = doc.body.map((node) => measured(node, library, how));
  const places = arranged(doc.body, body, how);
  const right = Math.max(0, ...body.map((one) => (places.get(one.uid)?.x ?? 0) + one.width));
  const inputs = ends(doc, "inputs", how, -metrics.end.width - metrics.gap.x, body, places);
  const outputs = ends(doc, "outputs", how, right + metrics.gap.x, body, places);
  for (const [uid, at] of [...inputs, ...outputs]) {
    boxes.set(uid, { uid, parent: null, node: null, ...at, at, width: metrics.end.width, height: metrics.end.height, shape: EMPTY, lanes: [] });
  }
  const put = (one: Measured, parent: string | null, origin: Point, at: Point) => {
    const { uid, node, width, height, shape, lanes } = one;
    boxes.set(uid, { uid, parent, node, x: origin.x + at.x, y: origin.y + at.y, width, height, shape, lanes, at });
    for (const lane of lanes) for (const child of lane.children) put(child, uid, lane.content, lane.inside.get(child.uid) ?? { x: 0, y: 0 });
  };
  for (const one of body) put(one, null, { x: 0, y: 0 }, places.get(one.uid) ?? { x: 0, y: 0 });
  const outer = [...boxes.values()].filter((box) => box.parent === null);
  const left = Math.min(0, ...outer.map((box) => box.x));
  const top = Math.min(0, ...outer.map((box) => box.y));
  return {
    boxes, left, top,
    width: Math.max(1, ...outer.map((box) => box.x + box.width)) - left,
    height: Math.max(1, ...outer.map((box) => box.y + box.height)) - top,
  };
}

/** Gives where a box stands on the whole canvas. */
export function absolute(layout: Layout, uid: string): Point {
  let x = 0;
  let y = 0;
  for (let box = layout.boxes.get(uid); box; box = box.parent === null ? undefined : layout.boxes.get(box.parent)) {
    x += box.x;
    y += box.y;
  }
  return { x, y };
}

function measured(node: Node, library: Library, how: How): Measured {
  const { metrics } = how;
  const shape = metrics.row === 0 ? EMPTY : shapeOf(node, library, how.all);
  const at = how.anew ? null : node.at;
  const lead = metrics.header + shape.top.length * metrics.row;
  if (!isConstruct(node)) {
    const rest = metrics.row === 0 ? 0 : metrics.foot;
    return { uid: node.uid, node, at, shape, lanes: [], width: metrics.width, height: lead + rest };
  }
  const label = hasLaneLabels(node) ? metrics.lane.label : 0;
  let y = lead;
  const lanes = lanesOf(node).map((lane) => {
    const children = lane.nodes.map((one) => measured(one, library, how));
    const inside = fromZero(arranged(lane.nodes, children, how));
    const reach = (side: "x" | "y") => Math.max(0, ...children.map((one) => (inside.get(one.uid)?.[side] ?? 0) + (side === "x" ? one.width : one.height)));
    const pad = metrics.lane.pad;
    const height = label + Math.max(metrics.lane.height, reach("y") + 2 * pad);
    const made = { y, height, width: Math.max(metrics.lane.width, reach("x") + 2 * pad), content: { x: pad, y: y + label + pad }, inside, children };
    y += height;
    return made;
  });
  const width = Math.max(metrics.lane.width, ...lanes.map((lane) => lane.width));
  const height = y + shape.bottom.length * metrics.row + metrics.foot;
  return { uid: node.uid, node, at, shape, width, height, lanes: lanes.map((lane) => ({ ...lane, width })) };
}

/** Moves things in a container so that none stands left of it or above it. */
function fromZero(found: ReadonlyMap<string, Point>): ReadonlyMap<string, Point> {
  const x = Math.min(0, ...[...found.values()].map((at) => at.x));
  const y = Math.min(0, ...[...found.values()].map((at) => at.y));
  return x === 0 && y === 0 ? found : new Map([...found].map(([uid, at]) => [uid, { x: at.x - x, y: at.y - y }]));
}

/** Finds a place for every node of a sequence, seen from where the sequence begins. */
function arranged(nodes: Nodes, sizes: readonly Sized[], how: How): Map<string, Point> {
  const placed = sizes.filter((one) => one.at !== null);
  if (placed.length === 0) return layered(nodes, sizes, how.metrics);
  const found = new Map<string, Point>(placed.map((one) => [one.uid, one.at ?? { x: 0, y: 0 }]));
  const flowing = layered(nodes, sizes, how.metrics);
  for (const one of sizes) {
    if (found.has(one.uid)) continue;
    // Beside what came before it in the order, or else where it would be if nobody had placed anything.
    const index = sizes.indexOf(one);
    const before = sizes.slice(0, index).findLast((other) => found.has(other.uid));
    const at = before && found.get(before.uid);
    found.set(one.uid, before && at ? { x: at.x + before.width + how.metrics.gap.x, y: at.y } : (flowing.get(one.uid) ?? { x: 0, y: 0 }));
  }
  return settled(sizes, found, how);
}

/** Columns from left to right: whatever needs something stands right of it. */
function layered(nodes: Nodes, sizes: readonly Sized[], metrics: Metrics): Map<string, Point> {
  const definers = new Map<string, number>();
  const columns: number[] = [];
  const found = new Map<string, Point>();
  nodes.forEach((node, index) => {
    let column = 0;
    for (const id of idsIn([node]).used) {
      const definer = definers.get(id);
      if (definer !== undefined) column = Math.max(column, (columns[definer] ?? 0) + 1);
    }
    columns[index] = column;
    for (const id of idsDefinedBy(node)) if (!definers.has(id)) definers.set(id, index);
  });
  let x = 0;
  for (let column = 0; column <= Math.max(-1, ...columns); column += 1) {
    let y = 0;
    let widest = 0;
    sizes.forEach((one, index) => {
      if (columns[index] !== column) return;
      found.set(one.uid, { x, y });
      y += one.height + metrics.gap.y;
      widest = Math.max(widest, one.width);
    });
    x += widest + metrics.gap.x;
  }
  return found;
}

const AIR = 14;

/** Moves boxes right or down, as little as needed, until none lies on another. */
function settled(sizes: readonly Sized[], found: ReadonlyMap<string, Point>, how: How): Map<string, Point> {
  const first = how.first;
  const rank = (one: Sized) => {
    const at = found.get(one.uid) ?? { x: 0, y: 0 };
    return first?.has(one.uid) ? -Infinity : at.x + at.y;
  };
  const ordered = [...sizes].sort((a, b) => rank(a) - rank(b));
  const made = new Map<string, Point>();
  const fixed: (Sized & Point)[] = [];
  for (const one of ordered) {
    let { x, y } = found.get(one.uid) ?? { x: 0, y: 0 };
    for (;;) {
      const under = fixed.find((other) => x < other.x + other.width + AIR && other.x < x + one.width + AIR && y < other.y + other.height + AIR && other.y < y + one.height + AIR);
      if (!under) break;
      const toRight = under.x + under.width + AIR - x;
      const toDown = under.y + under.height + AIR - y;
      if (toRight < toDown) x += toRight;
      else y += toDown;
    }
    made.set(one.uid, { x, y });
    fixed.push({ ...one, x, y });
  }
  return made;
}

/** Finds a place for the inputs or outputs of the workflow: in a column at the left or right. */
function ends(doc: Doc, what: "inputs" | "outputs", how: How, x: number, body: readonly Sized[], places: ReadonlyMap<string, Point>): Map<string, Point> {
  const { metrics } = how;
  const all = what === "inputs" ? [...doc.inputs, ...(how.all ? doc.filled : [])] : doc.outputs;
  const sizes = all.map((end): Sized => ({ uid: end.uid, ...metrics.end, at: how.anew ? null : end.at }));
  const found = new Map<string, Point>();
  let y = Math.min(0, ...body.map((one) => places.get(one.uid)?.y ?? 0));
  for (const one of sizes) {
    if (one.at) continue;
    found.set(one.uid, { x, y });
    y += one.height + metrics.gap.y / 2;
  }
  for (const one of sizes) if (one.at) found.set(one.uid, one.at);
  return settled(sizes, found, how);
}
