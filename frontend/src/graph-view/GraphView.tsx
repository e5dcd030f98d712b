/** A picture of a workflow's graph, drawn without the editor: for cards, the page of a workflow, and a run with its states. */
import { useId, useMemo, type KeyboardEvent } from "react";
import { isWire, type Doc } from "../graph/document";
import { readDocument } from "../graph/json";
import { libraryOf, type Library } from "../graph/library";
import { variablesOf } from "../graph/conditions";
import { keyOf, nodesOf } from "../graph/walking";
import { fromsOf, sourceAt, tosOf } from "../graph/wires";
import { picture as text } from "../messages/en/picture";
import { absolute, layoutOf, type Box, type Layout } from "./layout";
import { SMALL, definersOf, hasLaneLabels, titleOf } from "./shape";
import "./graph_view.css";

/** How a step or construct of a run stands. The class decides the colour, the words are for who cannot see it. */
export interface NodeState {
  /** `waiting`, `running`, `succeeded`, `failed`, `aborted`, `unknown`, `asking`. */
  readonly look: "waiting" | "running" | "succeeded" | "failed" | "aborted" | "unknown" | "asking";
  readonly words: string;
  /** Percent. */
  readonly progress?: number | null;
  /** Beneath the title, e.g. `round 3` or `4 of 7 items`. */
  readonly note?: string;
}

interface Props {
  /** The document: as the editor has it, or the JSON form as the platform gives it. */
  readonly document: unknown;
  /** Says what the picture shows. */
  readonly label: string;
  /** Titles of services, by URI. */
  readonly titles?: ReadonlyMap<string, string>;
  /** By key: `s1`, `i1/then/s2`. */
  readonly states?: ReadonlyMap<string, NodeState>;
  readonly chosen?: string | null;
  /** If given, steps can be chosen by mouse and keyboard. */
  readonly onChoose?: (key: string) => void;
  /** Workflow inputs and outputs are left out. */
  readonly withoutEnds?: boolean;
  readonly className?: string;
}

function docOf(document: unknown): Doc | null {
  if (typeof document === "object" && document !== null && "spots" in document) return document as Doc;
  return readDocument(document).doc;
}

export function GraphView({ document, label, titles, states, chosen, onChoose, withoutEnds, className }: Props) {
  const id = useId();
  const doc = useMemo(() => docOf(document), [document]);
  const library = useMemo(() => {
    const services = [...(titles ?? [])].map(([uri, title]) => ({ uri, title, kind: "synchronous", description: "", inputs: [], outputs: [] }) as const);
    return libraryOf(services);
  }, [titles]);
  const drawn = useMemo(() => {
    const shown = doc && withoutEnds ? { ...doc, inputs: [], outputs: [] } : doc;
    return shown && { doc: shown, layout: layoutOf(shown, library, { metrics: SMALL, all: false, anew: true }) };
  }, [doc, library, withoutEnds]);
  if (!drawn) return null;
  const { layout } = drawn;
  const air = 8;
  const box = `${layout.left - air} ${layout.top - air} ${layout.width + 2 * air} ${layout.height + 2 * air}`;
  const arrow = `${id}-arrow`;
  return (
    <svg
      className={`graph-view ${className ?? ""}`}
      viewBox={box}
      role={onChoose ? "group" : "img"}
      aria-label={label}
      style={{ maxWidth: layout.width + 2 * air, aspectRatio: `${layout.width + 2 * air} / ${layout.height + 2 * air}` }}
    >
      <defs>
        <marker id={arrow} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto-start-reverse">
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      {[...layout.boxes.values()].filter((one) => one.lanes.length > 0).map((one) => (
        <Container key={one.uid} box={one} layout={layout} library={library} state={states?.get(keyOf(drawn.doc, one.uid))} />
      ))}
      {wiresOf(drawn.doc, layout).map((path) => <path key={path} className="wire" d={path} markerEnd={`url(#${arrow})`} />)}
      {[...layout.boxes.values()].filter((one) => one.lanes.length === 0).map((one) => {
        const key = one.node ? keyOf(drawn.doc, one.uid) : "";
        const choose = one.node && onChoose ? () => onChoose(key) : undefined;
        return <Plain key={one.uid} box={one} doc={drawn.doc} layout={layout} library={library} state={states?.get(key)} chosen={key !== "" && key === chosen} choose={choose} />;
      })}
    </svg>
  );
}

interface Part {
  readonly box: Box;
  readonly layout: Layout;
  readonly library: Library;
  readonly state: NodeState | undefined;
}

function Container({ box, layout, library, state }: Part) {
  const { x, y } = absolute(layout, box.uid);
  const node = box.node;
  if (!node) return null;
  const title = titleOf(node, library);
  const words = text.kinds[node.kind];
  return (
    <g className={`container ${state?.look ?? ""}`} transform={`translate(${x} ${y})`}>
      <rect width={box.width} height={box.height} rx="10" />
      <text x="12" y="18" className="kind">{words}</text>
      <text x="12" y="33" className="note">{clipped(state?.note ?? title, box.width - 24)}</text>
      {hasLaneLabels(node) && box.lanes.map((lane, index) => (
        <g key={index}>
          {index > 0 && <line x1="0" x2={box.width} y1={lane.y} y2={lane.y} />}
          <text x="12" y={lane.y + 15} className="lane">{node.kind === "branch" ? (index === 0 ? text.then : text.otherwise) : text.side(index + 1)}</text>
        </g>
      ))}
      {state && <title>{`${words} ${title}: ${state.words}`}</title>}
    </g>
  );
}

function Plain({ box, doc, layout, library, state, chosen, choose }: Part & { doc: Doc; chosen: boolean; choose: (() => void) | undefined }) {
  const { x, y } = absolute(layout, box.uid);
  const end = box.node ? undefined : [...doc.inputs, ...doc.outputs].find((one) => one.uid === box.uid);
  const title = box.node ? (box.node.kind === "merge" ? text.kinds.merge : titleOf(box.node, library)) : (end?.name ?? "");
  const words = state ? `${title}: ${state.words}` : title;
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose?.();
  };
  const pressed = choose ? { role: "button", tabIndex: 0, onClick: choose, onKeyDown: press, "aria-label": words, "aria-pressed": chosen } : {};
  const progress = state?.progress;
  return (
    <g className={`plain ${box.node ? box.node.kind : "end"} ${state?.look ?? ""} ${chosen ? "chosen" : ""} ${choose ? "pressable" : ""}`} transform={`translate(${x} ${y})`} {...pressed}>
      <rect width={box.width} height={box.height} rx={box.node ? 8 : box.height / 2} />
      {state && <path className="mark" d={MARKS[state.look]} transform={`translate(10 ${box.height / 2 - 6})`} />}
      <foreignObject x={state ? 28 : 12} y={box.height / 2 - (state?.note ? 15 : 9)} width={box.width - (state ? 36 : 20)} height={state?.note ? 32 : 18}>
        <div className="words">{title}</div>
        {state?.note && <div className="words note">{state.note}</div>}
      </foreignObject>
      {typeof progress === "number" && <rect className="progress" y={box.height - 3} width={(box.width * Math.max(0, Math.min(100, progress))) / 100} height="3" rx="1.5" />}
      <title>{words}</title>
    </g>
  );
}

/** States are told by shape, too: a ring, a triangle that plays, a tick, a cross, a bar, a question, a bubble. */
const MARKS: Readonly<Record<NodeState["look"], string>> = {
  waiting: "M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1",
  running: "M3 1v10l8-5z",
  succeeded: "m1 6 4 4 6-8",
  failed: "m2 2 8 8M10 2l-8 8",
  aborted: "M2 2h8v8H2z",
  unknown: "M3 4a3 3 0 1 1 4 3l-1 1v1M6 11v.5",
  asking: "M1 2h10v6H6l-3 3V8H1z",
};

function clipped(words: string, width: number): string {
  const most = Math.floor(width / 6.6);
  return words.length > most ? `${words.slice(0, Math.max(1, most - 1))}…` : words;
}

/** Gives a path for every pair of boxes between which a value goes. */
function wiresOf(doc: Doc, layout: Layout): string[] {
  const definers = definersOf(doc, [...nodesOf(doc.body)].flatMap(fromsOf));
  const paths = new Set<string>();
  const draw = (id: string, uid: string) => {
    const from = definers.get(id)?.uid;
    const source = from === undefined ? undefined : layout.boxes.get(from);
    const target = layout.boxes.get(uid);
    if (from === undefined || !source || !target || from === uid) return;
    const start = absolute(layout, from);
    const end = absolute(layout, uid);
    const inside = isAround(layout, from, uid);
    const outside = isAround(layout, uid, from);
    const x1 = inside ? start.x : start.x + source.width;
    const y1 = inside ? start.y + 20 : start.y + source.height / 2;
    const x2 = outside ? end.x + target.width : end.x;
    const y2 = outside ? end.y + target.height - 10 : end.y + (target.lanes.length > 0 ? 20 : target.height / 2);
    const bend = Math.max(18, Math.abs(x2 - x1) / 2);
    paths.add(`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 1} ${y2}`);
  };
  for (const node of nodesOf(doc.body)) {
    for (const to of tosOf(node)) {
      const source = sourceAt(doc, to);
      if (isWire(source)) draw(source.id, node.uid);
    }
    if (node.kind === "branch" || node.kind === "repeat") for (const id of variablesOf(node.condition)) draw(id, node.uid);
  }
  for (const end of doc.outputs) if (end.id !== "") draw(end.id, end.uid);
  return [...paths];
}

function isAround(layout: Layout, outer: string, uid: string): boolean {
  for (let at = layout.boxes.get(uid)?.parent ?? null; at !== null; at = layout.boxes.get(at)?.parent ?? null) if (at === outer) return true;
  return false;
}
