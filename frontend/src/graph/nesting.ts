/** Workflows that stand in the place of services. */
import { nameOf, type Doc } from "./document";
import type { Library } from "./library";
import { problem, type Problem, type ReasonKey } from "./telling";
import { levelOf, nodesOf, standingsOf } from "./walking";

const MOST_LEVELS = 8;
const MOST_CONSTRUCTS = 64;
const MOST_NODES = 10_000;

interface Size {
  readonly levels: number;
  readonly nodes: number;
  readonly constructs: number;
}
interface Trouble {
  readonly code: string;
  readonly key: ReasonKey;
  readonly values: Readonly<Record<string, string>>;
}

/** Tells which workflows in the place of services are not there, or cannot be put there. */
export function nesting(doc: Doc, library: Library): Problem[] {
  const found: Problem[] = [];
  const sizes = new Map<string, Size>();
  const sizeOf = (uri: string) => sizes.get(uri) ?? { levels: 1, nodes: 1, constructs: 1 };
  const deep = (what: string, most: number): Trouble => ({ code: "too-deep", key: "too-deep", values: { what, most: String(most) } });

  const look = (uri: string, above: readonly string[]): Trouble | null => {
    if (above.includes(uri)) {
      const way = [...above.slice(above.indexOf(uri)), uri].map(nameOf).join(" → ");
      return { code: "workflow-circle", key: "workflow-circle", values: { way } };
    }
    const inner = library.workflows.get(uri);
    if (!inner) {
      // Its document is not at hand; the platform looks into it.
      return library.nested.has(uri) ? null : { code: "unknown-workflow", key: "unknown-workflow", values: { uri } };
    }
    if (above.length > MOST_LEVELS) return deep("workflows", MOST_LEVELS);
    if (!sizes.has(uri)) {
      let levels = 0;
      let nodes = 0;
      let constructs = 0;
      for (const { node, key } of standingsOf(inner.body).values()) {
        nodes += 1;
        constructs = Math.max(constructs, levelOf(key));
        if (node.kind !== "nested") continue;
        const trouble = look(node.workflow, [...above, uri]);
        if (trouble) return trouble;
        const size = sizeOf(node.workflow);
        levels = Math.max(levels, size.levels);
        nodes += size.nodes;
        constructs = Math.max(constructs, levelOf(key) + size.constructs);
      }
      sizes.set(uri, { levels: levels + 1, nodes, constructs });
    }
    return above.length - 1 + sizeOf(uri).levels > MOST_LEVELS ? deep("workflows", MOST_LEVELS) : null;
  };

  let nodes = 0;
  for (const node of nodesOf(doc.body)) {
    nodes += 1;
    if (node.kind !== "nested") continue;
    const key = standingsOf(doc.body).get(node.uid)?.key ?? "";
    let trouble = look(node.workflow, [doc.uri]);
    if (!trouble) {
      const size = sizeOf(node.workflow);
      nodes += size.nodes;
      if (levelOf(key) + size.constructs > MOST_CONSTRUCTS) trouble = deep("constructs", MOST_CONSTRUCTS);
    }
    if (trouble) found.push(problem(key, trouble.code, trouble.key, trouble.values));
  }
  if (nodes > MOST_NODES) found.push(problem("", "too-large", "too-large", { most: String(MOST_NODES) }));
  return found;
}
