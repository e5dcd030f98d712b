/** The boxes on the canvas: steps, containers, and the workflow's own inputs and outputs. */
import type { Node as FlowNode, NodeProps } from "@xyflow/react";
import { memo, useMemo } from "react";
import { Icon } from "../kit/icons";
import { classes } from "../kit/controls";
import { isConstruct, standingsOf } from "../graph/walking";
import { withBranches, withValue, withoutValue } from "../graph/edits";
import { OPEN } from "../graph/making";
import { nameOf, type Node } from "../graph/document";
import type { Row } from "../graph-view/shape";
import { FULL, hasLaneLabels, titleOf } from "../graph-view/shape";
import { editor as text } from "../messages/en/editor";
import { picture } from "../messages/en/picture";
import { conditionWords } from "./condition_words";
import { brief, pointed } from "../run-states/values";
import { useEditing, useState_ } from "./context";
import { cut } from "./fitting";
import { RowView } from "./RowView";
import { Socket } from "./Socket";
import { titlesOf } from "./titles";
import { typeWords, wordsOfProblem } from "./words";

export type BoxData = FlowNode<Record<string, never>>;

/** A box draws what its store says; where it stands, and whether it is being dragged, is the canvas's business. */
const sameBox = (before: NodeProps<BoxData>, now: NodeProps<BoxData>) => before.id === now.id;

function useKey(uid: string): string {
  return useState_((state) => standingsOf(state.history.now.doc.body).get(uid)?.key ?? "");
}

/** Pixels for a title that has nothing beside it but its place. */
const TITLE = 180;

function Header({ node, title, nodeKey }: { node: Node; title: string; nodeKey: string }) {
  const problems = useState_((state) => state.byPlace.get(nodeKey));
  const shown = useState_((state) => state.run?.states.get(node.uid));
  const told = problems?.map(wordsOfProblem).join(" ") ?? "";
  const note = node.kind === "sequence" ? "" : node.note;
  const marks = [note !== "", shown, told !== "", node.kind === "nested", isConstruct(node)].filter(Boolean).length;
  return (
    <div className={classes("box-header drag", told !== "" && "wrong")} title={told || undefined}>
      <span className="order" title={nodeKey}>{nodeKey.slice(nodeKey.lastIndexOf("/") + 1)}</span>
      <span className={classes("box-title", cut(title, marks === 0 ? TITLE : TITLE / 2, 0.84, 620))}>{title}</span>
      {note !== "" && <span className="note-mark" title={note} aria-label={note}><Icon name="edit" size={14} /></span>}
      {shown && <span className={`run-state ${shown.look}`} title={shown.note}>{shown.words}{typeof shown.progress === "number" ? ` ${Math.round(shown.progress)} %` : ""}</span>}
      {told !== "" && <span className="alarm" role="img" aria-label={told}>!</span>}
    </div>
  );
}

export const StepBox = memo(function StepBox({ id }: NodeProps<BoxData>) {
  const box = useState_((state) => state.layout.boxes.get(id));
  const title = useState_((state) => (box?.node ? titleOf(box.node, state.library) : ""));
  const key = useKey(id);
  if (!box?.node) return null;
  const { node } = box;
  const merge = node.kind === "merge";
  const named = merge ? picture.kinds.merge : title;
  return (
    <div className={classes("box step-box", node.kind)}>
      <Header node={node} title={named} nodeKey={key} />
      {node.kind === "nested" && <a className="open-nested nodrag" href={`/workflows/${encodeURIComponent(nameOf(node.workflow))}/edit`} target="_blank" rel="noreferrer" aria-label={`${text.openNested}: ${title}`}>↗</a>}
      {box.shape.top.map((row) => <RowView key={rowKey(row)} row={row} nodeKey={key} title={named} {...(merge ? { label: rowWords(row) } : {})} />)}
    </div>
  );
}, sameBox);

function rowKey(row: Row): string {
  return `${row.to ? JSON.stringify(row.to) : ""}${row.from ? JSON.stringify(row.from) : ""}`;
}

function rowWords(row: Row): string {
  if (row.to?.kind === "then") return text.then;
  return row.to?.kind === "else" ? text.otherwise : row.label;
}

export const ContainerBox = memo(function ContainerBox({ id }: NodeProps<BoxData>) {
  const { store } = useEditing();
  const box = useState_((state) => state.layout.boxes.get(id));
  const key = useKey(id);
  if (!box?.node) return null;
  const { node, lanes, shape } = box;
  const kind = picture.kinds[node.kind];
  const name = node.kind === "sequence" || node.name === "" ? kind : `${kind}: ${node.name}`;
  const remove = (row: Row) => row.from?.kind === "own" && row.label !== (node.kind === "for-each" ? node.item : "")
    ? () => store.change(withoutValue(store.doc, id, row.label), "remove") : undefined;
  const words = (row: Row) => {
    if (row.to?.kind === "over") return text.over;
    if (row.to?.kind === "then") return `${text.then} → ${row.label}`;
    if (row.to?.kind === "else") return `${text.otherwise} → ${row.label}`;
    if (row.to?.kind === "next") return `${text.next} → ${row.label}`;
    if (row.to?.kind === "first") return `${text.first} → ${row.label}`;
    return node.kind === "for-each" && row.label === node.item ? text.item : row.label;
  };
  const rows = (all: readonly Row[]) => all.map((row) => <RowView key={rowKey(row)} row={row} nodeKey={key} title={name} label={words(row)} onRemove={remove(row)} />);
  return (
    <div className={classes("box container-box", node.kind)}>
      <div className="drag container-head" style={{ height: FULL.header }}>
        <Header node={node} title={name} nodeKey={key} />
        {(node.kind === "branch" || node.kind === "repeat") && <ConditionButton node={node} nodeKey={key} />}
        {(node.kind === "branch" || node.kind === "repeat" || node.kind === "for-each") && (
          <button type="button" className="nodrag tiny wordy" title={text.addValue[node.kind]} aria-label={text.addValue[node.kind]} onClick={() => store.change(withValue(store.doc, id).doc, "add")}>+</button>
        )}
        {node.kind === "parallel" && <button type="button" className="nodrag tiny wordy" title={text.addSide} aria-label={text.addSide} onClick={() => store.change(withBranches(store.doc, id, "add"), "add")}>+</button>}
      </div>
      {rows(shape.top)}
      {lanes.map((lane, index) => (
        <div key={index} className="lane" style={{ top: lane.y, height: lane.height }}>
          {hasLaneLabels(node) && (
            <span className="lane-label">
              {node.kind === "branch" ? (index === 0 ? text.then : text.otherwise) : picture.side(index + 1)}
              {node.kind === "parallel" && lanes.length > 1 && (
                <button type="button" className="nodrag tiny" aria-label={text.removeSide(index + 1)} onClick={() => store.change(withBranches(store.doc, id, index), "remove")}>×</button>
              )}
            </span>
          )}
        </div>
      ))}
      <div className="container-foot" style={{ top: lanes.reduce((end, lane) => Math.max(end, lane.y + lane.height), 0) }}>{rows(shape.bottom)}</div>
    </div>
  );
}, sameBox);

function ConditionButton({ node, nodeKey }: { node: Extract<Node, { kind: "branch" | "repeat" }>; nodeKey: string }) {
  const { store } = useEditing();
  const words = useState_((state) => conditionWords(node.condition, titlesOf(state.history.now.doc, state.library)));
  const problems = useState_((state) => state.byPlace.get(`${nodeKey}/condition`));
  const open = node.condition === OPEN || words === "";
  const told = problems?.map(wordsOfProblem).join(" ") ?? "";
  const lead = node.kind === "repeat" ? (node.askFirst ? text.whileFirst : text.repeatWhile) : "";
  return (
    <button
      type="button"
      className={classes("condition nodrag clip", told !== "" && "wrong")}
      title={told || words}
      aria-label={`${text.condition}: ${open ? text.chooseCondition : `${lead} ${words}`}${told ? `. ${told}` : ""}`}
      onClick={() => {
        store.choose([node.uid]);
        window.dispatchEvent(new CustomEvent("tarry-condition", { detail: node.uid }));
      }}
    >
      {open ? text.chooseCondition : `${lead} ${words}`.trim()}
    </button>
  );
}

export const EndBox = memo(function EndBox({ id }: NodeProps<BoxData>) {
  const end = useState_((state) => {
    const { doc } = state.history.now;
    return [...doc.inputs, ...doc.filled, ...doc.outputs].find((one) => one.uid === id);
  });
  const isOutput = useState_((state) => state.history.now.doc.outputs.some((one) => one.uid === id));
  const port = useState_((state) => {
    const { doc } = state.history.now;
    const index = (isOutput ? doc.outputs : doc.inputs).findIndex((one) => one.uid === id);
    return (isOutput ? state.judged.ports.outputs : state.judged.ports.inputs)[index];
  });
  const place = `${isOutput ? "outputs" : "inputs"}/${end?.name ?? ""}`;
  const problems = useState_((state) => state.byPlace.get(place));
  const value = useState_((state) => state.run?.values.get(end?.id ?? ""));
  const loose = useMemo(() => (isOutput ? { to: { kind: "end", uid: id } as const } : { from: { kind: "end", uid: id } as const }), [id, isOutput]);
  if (!end) return null;
  const told = problems?.map(wordsOfProblem).join(" ") ?? "";
  const kind = typeWords(port);
  const what = isOutput ? text.theOutput : text.theInput;
  return (
    <div className={classes("box end-box drag", isOutput ? "is-output" : "is-input", told !== "" && "wrong")} title={told || undefined}>
      {isOutput && <Socket end={loose} side="left" label={text.inputPort(end.name, what, `${kind}${told ? `: ${told}` : ""}`)} wired={end.id !== ""} />}
      <span className={classes("end-name", cut(end.name, 84, 0.84, 620))}>{end.name}</span>
      <span className={classes("clip", value === undefined ? "row-type" : "row-value")} title={value === undefined ? undefined : pointed(value)}>{value !== undefined ? brief(value) : (port ? `${port.unit === "" ? port.type : port.unit}${port.many ? "[]" : ""}` : text.filledIn)}</span>
      {told !== "" && <span className="alarm" role="img" aria-label={told}>!</span>}
      {!isOutput && <Socket end={loose} side="right" label={text.outputPort(end.name, what, kind)} />}
    </div>
  );
}, sameBox);
