/** Copying nodes within a document and to others. */
import { isWire, newDocument, newUid, type Doc, type Node, type Point } from "./document";
import { freshId, idStart, idsIn, idsOf, ownIds, withIds } from "./ids";
import { readText } from "./json";
import { nodesAt, withNodesAt, type LaneAt } from "./order";
import { nodesOf, rebuilt, standingsOf, type Nodes } from "./walking";
import { sourceAt, tosOf, mayBeEmpty, withSource } from "./wires";
import { writeText } from "./writing";

/** Gives the chosen nodes without those that stand inside of other chosen ones, in the order of the document. */
export function chosenNodes(doc: Doc, uids: readonly string[]): Nodes {
  const chosen = new Set(uids);
  const standings = standingsOf(doc.body);
  const inside = (uid: string) => {
    for (let at = standings.get(uid)?.parent ?? null; at; at = standings.get(at.uid)?.parent ?? null) if (chosen.has(at.uid)) return true;
    return false;
  };
  return [...nodesOf(doc.body)].filter((node) => chosen.has(node.uid) && !inside(node.uid));
}

/** Gives the chosen nodes as text for the clipboard: a document that has nothing but them. */
export function copied(doc: Doc, uids: readonly string[]): string {
  return writeText({ ...newDocument("Piece"), filled: [], uri: doc.uri, body: chosenNodes(doc, uids) });
}

/** Reads what was copied; null if it is no such text. */
export function readClip(text: string): { nodes: Nodes; from: string } | null {
  const { doc } = readText(text);
  return doc && doc.body.length > 0 ? { nodes: doc.body, from: doc.uri } : null;
}

/**
 * Puts copies of nodes into a document. What they define gets ids of its own; wires among them stay. Wires from outside
 * stay if `keep` and the document has such an id, as it has when something is duplicated.
 */
export function pasted(doc: Doc, nodes: Nodes, at: LaneAt, how: { keep: boolean; by?: Point; index?: number }): { doc: Doc; uids: string[] } {
  const taken = idsOf(doc);
  const present = idsIn(doc.body).defined;
  for (const end of [...doc.inputs, ...doc.filled]) present.add(end.id);
  const { defined, used } = idsIn(nodes);
  const names = new Map<string, string>();
  // Foreign ids are put aside under names that nothing has, so that they cannot meet our own by chance.
  for (const id of used) if (!defined.has(id) && !(how.keep && present.has(id))) names.set(id, freshId(new Set([...taken, ...used, ...defined]), `lost#`));
  const lost = new Set(names.values());
  const fresh = nodes.map((node) => renewed(node, how.by));
  const made = withNodesAt(doc, at, (all) => all.toSpliced(how.index ?? all.length, 0, ...fresh));
  // Ids are given when the copies stand where they belong: they are named after their place.
  for (const node of nodesOf(fresh)) {
    for (const id of ownIds(node)) {
      if (names.has(id)) continue;
      const next = freshId(taken, idStart(made, node));
      taken.add(next);
      names.set(id, next);
    }
  }
  const uids = new Set([...nodesOf(fresh)].map((node) => node.uid));
  let result: Doc = { ...made, body: rebuilt(made.body, (node) => (uids.has(node.uid) ? withIds(node, (id) => names.get(id) ?? id) : node)) };
  for (const node of nodesOf(result.body)) {
    if (!uids.has(node.uid)) continue;
    for (const to of tosOf(node)) {
      const source = sourceAt(result, to);
      if (isWire(source) && lost.has(source.id) && mayBeEmpty(to)) result = withSource(result, to, null);
    }
  }
  return { doc: result, uids: fresh.map((node) => node.uid) };
}

function renewed(node: Node, by?: Point): Node {
  const [made] = rebuilt([node], (one) => ({ ...one, uid: newUid() }));
  const copy = made ?? node;
  const withoutStatus: Node = copy.kind === "step" || copy.kind === "nested" ? { ...copy, statusId: "" } : copy;
  return by && copy.at ? { ...withoutStatus, at: { x: copy.at.x + by.x, y: copy.at.y + by.y } } : withoutStatus;
}

/** Puts copies of chosen nodes behind the last of them. */
export function duplicated(doc: Doc, uids: readonly string[], by: Point): { doc: Doc; uids: string[] } {
  const nodes = chosenNodes(doc, uids);
  const last = nodes[nodes.length - 1];
  if (!last) return { doc, uids: [] };
  const standing = standingsOf(doc.body).get(last.uid);
  const lane: LaneAt = { parent: standing?.parent?.uid ?? null, lane: standing?.lane ?? 0 };
  const index = nodesAt(doc, lane).findIndex((node) => node.uid === last.uid) + 1;
  return pasted(doc, nodes, lane, { keep: true, by, index });
}
