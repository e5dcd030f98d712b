/** A line of a box: a port with its name, type and unit, and what is at it: a wire, a value, or nothing. */
import { useMemo } from "react";
import { classes } from "../kit/controls";
import { entry, isWire } from "../graph/document";
import { mustBeGiven, type Port } from "../graph/ports";
import { within } from "../graph/walking";
import { takesConstants, type From, type To } from "../graph/wires";
import { FULL, type Row } from "../graph-view/shape";
import { definerTitle } from "./titles";
import { editor as text } from "../messages/en/editor";
import { Constant } from "./Constant";
import { brief, pointed } from "../run-states/values";
import { useEditing, useState_ } from "./context";
import { widthOf } from "./fitting";
import { Socket } from "./Socket";
import type { State } from "./store";
import { typeWords, wordsOfProblem } from "./words";

interface Props {
  readonly row: Row;
  /** Key of the node, and what it is called. */
  readonly nodeKey: string;
  readonly title: string;
  /** What the row is called, if that is not the port's name. */
  readonly label?: string;
  readonly onRemove?: (() => void) | undefined;
}

/** The type in one word for the narrow line; the whole is said to who cannot see it. */
function shortType(port: Port): string {
  return `${port.type === "boolean" ? "true/false" : port.type}${port.many ? "s" : ""}`;
}

/** What went through a port in the run that is shown. */
function valueIn(state: State, from: From | null, to: To | null): string | undefined {
  const end = from ?? to;
  if (end?.kind !== "port") return undefined;
  const step = state.run?.steps.get(end.uid);
  return step && entry(from ? step.outputs : step.inputs, end.port);
}

/** Pixels of a line, of a constant's field at its least, of the button that cuts a wire; between any two of them. */
const LINE = FULL.width - 29;
const FIELD = 52;
const BUTTON = 28;
const GAP = 6.4;
/** What is seen at least of where a wire comes from. */
const LEAST = 16;

/** Tells what of a line has to be cut so that all that stands in it has room: as little as possible. */
function cuts(name: string, needed: boolean, type: string, comes: string, field: boolean): { name: string; type: string; comes: string } {
  const names = widthOf(name, 0.84) + (needed ? 9 : 0);
  const types = type === "" ? 0 : widthOf(type, 0.76) + GAP;
  const least = comes === "" ? (field ? FIELD + GAP : 0) : BUTTON + GAP + LEAST;
  const rest = LINE - names - types - BUTTON - GAP;
  return {
    name: names > LINE * 0.6 || names + types + least > LINE ? "clip" : "",
    type: types > LINE * 0.4 ? "clip" : "",
    comes: comes !== "" && widthOf(comes, 0.76) > rest ? "clip" : "",
  };
}

export function RowView({ row, nodeKey, title, label, onRemove }: Props) {
  const { commands } = useEditing();
  const { to, from, port, source } = row;
  const name = label ?? row.label;
  const problems = useState_((state) => state.byPlace.get(within(nodeKey, row.place)));
  const origin = useState_((state) => (isWire(source) ? definerTitle(state, source.id) : ""));
  const toEnd = useMemo(() => (to ? { to } : null), [to]);
  const fromEnd = useMemo(() => (from ? { from } : null), [from]);
  const run = useState_((state) => valueIn(state, from, to));
  const told = to && problems ? problems.map(wordsOfProblem).join(" ") : "";
  const kind = typeWords(port);
  const needed = to !== null && port !== null && mustBeGiven(port);
  const output = to === null;
  const ran = output && run !== undefined;
  const field = to !== null && !isWire(source) && takesConstants(to) && !row.filled;
  const plain = port !== null && !(field && source === null && port.type === "boolean");
  const type = ran ? brief(run) : !plain ? "" : port.unit === "" ? shortType(port) : port.unit;
  const comes = to && isWire(source) ? text.wiredTo(origin === "" ? source.id : origin) : "";
  const clip = cuts(name, needed, type, comes, field);
  const about = `${kind}${port?.unit ? `, ${port.unit}` : ""}${needed ? `, ${text.required}` : ""}${told ? `: ${told}` : ""}`;
  return (
    <div className={classes("row-view", output && "output", told !== "" && "wrong", row.inner !== "none" && `inner-${row.inner}`)} title={told !== "" ? told : run !== undefined ? `${name} = ${pointed(run)}` : port?.description}>
      {toEnd && <Socket end={toEnd} label={text.inputPort(name, title, about)} side="left" wired={isWire(source)} className={row.inner === "to" ? "inner" : ""} />}
      <span className={classes("row-name", clip.name)}>
        {name}
        {needed && <abbr title={text.required} className="needed">*</abbr>}
      </span>
      {type !== "" && <span className={classes(ran ? "row-value" : "row-type", clip.type)}>{type}</span>}
      {to && isWire(source) && (
        <span className="row-origin">
          <span className={clip.comes}>{comes}</span>
          {to.kind !== "next" && to.kind !== "over" && to.kind !== "first" && to.kind !== "gathered" && (
            <button type="button" className="nodrag tiny" tabIndex={-1} aria-label={text.unwire} onClick={() => commands.unwire(to)}>×</button>
          )}
        </span>
      )}
      {to && !isWire(source) && takesConstants(to) && !row.filled && port?.type !== "secret" && (
        <Constant to={to} port={port} value={source ? source.value : null} label={text.valueOf(name, title)} wrong={told} />
      )}
      {row.filled && <span className="row-origin muted">{text.filledIn}</span>}
      {onRemove && <button type="button" className="nodrag tiny" aria-label={text.removeValue(row.label)} onClick={onRemove}>×</button>}
      {fromEnd && <Socket end={fromEnd} label={text.outputPort(from?.kind === "own" && row.inner !== "from" ? row.label : name, title, kind)} side="right" className={row.inner === "from" ? "inner" : ""} />}
    </div>
  );
}
