/** Arranging the canvas: elkjs knows ports and containers; it is loaded when it is asked for, and works in its own worker. */
import type { ELK, ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api";
import type { Doc, Point } from "../graph/document";
import { isConstruct, lanesOf, nodesOf, type Nodes } from "../graph/walking";
import { idsDefinedBy } from "../graph/walking";
import { idsIn } from "../graph/ids";
import type { Layout } from "../graph-view/layout";

let engine: Promise<ELK> | null = null;

function loaded(): Promise<ELK> {
  engine ??= Promise.all([import("elkjs/lib/elk-api"), import("elkjs/lib/elk-worker.min.js?url")]).then(([{ default: Elk }, { default: url }]) => new Elk({ workerUrl: url }));
  return engine;
}

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.layered.spacing.nodeNodeBetweenLayers": "88",
  "elk.spacing.nodeNode": "36",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.separateConnectedComponents": "false",
  "elk.padding": "[top=0,left=0,bottom=0,right=0]",
};

/** Gives where everything stands when it is arranged: each sequence by itself, the innermost first. */
export async function arranged(doc: Doc, layoutFor: (doc: Doc) => Layout, withPoints: (doc: Doc, points: ReadonlyMap<string, Point>) => Doc): Promise<Doc> {
  const elk = await loaded();
  let made = doc;
  const depths = sequencesOf(doc.body);
  for (const nodes of depths) {
    const layout = layoutFor(made);
    const points = await placed(elk, nodes, layout);
    made = withPoints(made, points);
  }
  const layout = layoutFor(made);
  return withPoints(made, await outer(elk, made, layout));
}

/** Gives the sequences inside of constructs, the innermost first. */
function sequencesOf(nodes: Nodes): Nodes[] {
  const found: Nodes[] = [];
  for (const node of nodesOf(nodes)) if (isConstruct(node)) for (const lane of lanesOf(node)) if (lane.nodes.length > 0) found.unshift(lane.nodes);
  return found;
}

function edgesAmong(nodes: Nodes): ElkExtendedEdge[] {
  const definers = new Map<string, string>();
  for (const node of nodes) for (const id of idsDefinedBy(node)) definers.set(id, node.uid);
  const edges = new Map<string, ElkExtendedEdge>();
  for (const node of nodes) {
    for (const id of idsIn([node]).used) {
      const from = definers.get(id);
      if (from !== undefined && from !== node.uid) edges.set(`${from} ${node.uid}`, { id: `${from} ${node.uid}`, sources: [from], targets: [node.uid] });
    }
  }
  return [...edges.values()];
}

async function placed(elk: ELK, nodes: Nodes, layout: Layout, more: { nodes: ElkNode[]; edges: ElkExtendedEdge[] } = { nodes: [], edges: [] }): Promise<Map<string, Point>> {
  const children = nodes.map((node): ElkNode => {
    const box = layout.boxes.get(node.uid);
    return { id: node.uid, width: box?.width ?? 0, height: box?.height ?? 0 };
  });
  const graph = await elk.layout({ id: "root", layoutOptions: OPTIONS, children: [...children, ...more.nodes], edges: [...edgesAmong(nodes), ...more.edges] });
  return new Map((graph.children ?? []).map((one) => [one.id, { x: Math.round(one.x ?? 0), y: Math.round(one.y ?? 0) }]));
}

/** Arranges the document's own sequence together with the workflow's inputs and outputs. */
async function outer(elk: ELK, doc: Doc, layout: Layout): Promise<Map<string, Point>> {
  const definers = new Map<string, string>();
  for (const node of doc.body) for (const id of idsDefinedBy(node)) definers.set(id, node.uid);
  const users = new Map(doc.body.map((node) => [node.uid, idsIn([node]).used]));
  const nodes: ElkNode[] = [];
  const edges: ElkExtendedEdge[] = [];
  const end = (uid: string, constraint: string) => {
    const box = layout.boxes.get(uid);
    if (box) nodes.push({ id: uid, width: box.width, height: box.height, layoutOptions: { "elk.layered.layering.layerConstraint": constraint } });
    return box !== undefined;
  };
  for (const given of doc.inputs) {
    if (!end(given.uid, "FIRST")) continue;
    for (const [uid, used] of users) if (used.has(given.id)) edges.push({ id: `${given.uid} ${uid}`, sources: [given.uid], targets: [uid] });
  }
  for (const shown of doc.outputs) {
    const from = definers.get(shown.id);
    if (end(shown.uid, "LAST") && from !== undefined) edges.push({ id: `${from} ${shown.uid}`, sources: [from], targets: [shown.uid] });
  }
  return placed(elk, doc.body, layout, { nodes, edges });
}


/** Gives how long the view may travel to another place, in ms: not at all for those who want nothing to move. */
export function journey(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150;
}
