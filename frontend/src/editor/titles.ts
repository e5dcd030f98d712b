/** What ends are called: a step's title and its port. */
import { fromsOf } from "../graph/wires";
import { keyOf, nodesOf } from "../graph/walking";
import type { Doc } from "../graph/document";
import type { Library } from "../graph/library";
import { titleOf } from "../graph-view/shape";
import { picture } from "../messages/en/picture";
import type { State } from "./store";

const known = new WeakMap<Doc, ReadonlyMap<string, string>>();

/** Gives what people call whatever gives an id its value. */
export function definerTitle(state: State, id: string): string {
  return titlesOf(state.history.now.doc, state.library).get(id) ?? "";
}

export function titlesOf(doc: Doc, library: Library): ReadonlyMap<string, string> {
  const before = known.get(doc);
  if (before) return before;
  const found = new Map<string, string>();
  for (const end of [...doc.filled, ...doc.inputs]) if (end.id !== "") found.set(end.id, end.name);
  for (const node of nodesOf(doc.body)) {
    for (const { from, id } of fromsOf(node)) {
      const title = titleOf(node, library);
      const name = title === "" ? `${picture.kinds[node.kind]} ${keyOf(doc, node.uid)}` : title;
      found.set(id, from.kind === "port" ? `${name} · ${from.port}` : id);
    }
  }
  known.set(doc, found);
  return found;
}
