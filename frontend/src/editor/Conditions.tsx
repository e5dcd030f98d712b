/** Conditions are built from ports: chosen, not typed. */
import { useState } from "react";
import { COMPARISONS, LITERALS, type Comparison, type Condition, type LiteralType, type Node, type Operand } from "../graph/document";
import { conditionMisfits } from "../graph/constructs";
import { variablesOf, withVariables } from "../graph/conditions";
import { changed } from "../graph/edits";
import type { Scope } from "../graph/ends";
import { outputsOf } from "../graph/library";
import type { PortType } from "../graph/ports";
import { judge } from "../graph/rules";
import type { Types } from "../graph/types";
import { nodesOf } from "../graph/walking";
import { identified, type From } from "../graph/wires";
import { Button } from "../kit/controls";
import { Dialog } from "../kit/frames";
import { editor } from "../messages/en/editor";
import { useEditing } from "./context";
import type { Store } from "./store";
import { titlesOf } from "./titles";
import { wordsFor } from "./words";

const text = editor.conditions;

interface Known {
  readonly id: string;
  readonly title: string;
  readonly type: PortType | null;
}

/** The document in which every port has an id: what a condition could ask for, were it needed. */
interface Trial {
  readonly known: readonly Known[];
  readonly types: Types;
  readonly ends: ReadonlyMap<string, From>;
}

/** Opens for a branch or loop; what is built is one change when it is applied. */
export function ConditionDialog({ node, onClose }: { node: Extract<Node, { kind: "branch" | "repeat" }>; onClose: () => void }) {
  const { store } = useEditing();
  const [condition, setCondition] = useState<Condition>(node.condition);
  const [trial] = useState(() => trialOf(store, node));
  const misfits = conditionMisfits(condition, trial.types);
  const apply = () => {
    let doc = store.doc;
    const ids = new Map<string, string>();
    for (const id of variablesOf(condition)) {
      const from = trial.ends.get(id);
      if (!from) continue;
      const found = identified(doc, from);
      doc = found.doc;
      ids.set(id, found.id);
    }
    const made = withVariables(condition, (id) => ids.get(id) ?? id);
    store.change(changed(doc, node.uid, (one) => (one.kind === "branch" || one.kind === "repeat" ? { ...one, condition: made } : one)), "condition");
    onClose();
  };
  return (
    <Dialog open title={text.title} onClose={onClose} wide actions={<><Button onClick={onClose}>{text.cancel}</Button><Button kind="primary" onClick={apply}>{text.apply}</Button></>}>
      <Builder condition={condition} known={trial.known} onChange={setCondition} label={text.kind} />
      <p className={misfits[0] ? "error-text" : "hidden"} role="status">{misfits[0] ? wordsFor(misfits[0]) : ""}</p>
    </Dialog>
  );
}

/** Gives every value that is there when the condition is asked. */
function trialOf(store: Store, node: Extract<Node, { kind: "branch" | "repeat" }>): Trial {
  const { library } = store.get();
  let doc = store.doc;
  const ends = new Map<string, From>();
  for (const one of nodesOf(store.doc.body)) {
    if (one.kind !== "step" && one.kind !== "nested") continue;
    for (const port of outputsOf(library, one).keys()) {
      const from: From = { kind: "port", uid: one.uid, port };
      if (Object.hasOwn(one.outputs, port)) continue;
      const found = identified(doc, from);
      doc = found.doc;
      ends.set(found.id, from);
    }
  }
  const judged = judge(doc, library);
  const scope: Scope | undefined = node.kind === "branch" ? judged.ends.before.get(node.uid) : judged.ends.after.get(node.uid)?.[0];
  const titles = titlesOf(doc, library);
  const filled = new Set(doc.filled.map((one) => one.id));
  const ids = [...(scope?.keys() ?? [])].filter((id) => !filled.has(id));
  const known = ids.map((id) => ({ id, title: titles.get(id) ?? id, type: judged.types.portOf(id)?.type ?? null }));
  return { known, types: judged.types, ends };
}

type Kind = "compare" | "is-true" | "not" | "all" | "any";
const KINDS: readonly Kind[] = ["compare", "is-true", "not", "all", "any"];

function fresh(kind: Kind, from: Condition): Condition {
  const first: Operand = from.kind === "compare" ? from.left : from.kind === "is-true" ? from.of : { id: "?" };
  switch (kind) {
    case "compare":
      return { kind, comparison: "greaterThan", left: first, right: { type: "integer", text: "0" } };
    case "is-true":
      return { kind, of: first };
    case "not":
      return { kind, condition: from };
    case "all":
    case "any":
      return { kind, conditions: from.kind === "all" || from.kind === "any" ? from.conditions : [from] };
  }
}

interface BuilderProps {
  readonly condition: Condition;
  readonly known: readonly Known[];
  readonly onChange: (condition: Condition) => void;
  readonly onRemove?: (() => void) | undefined;
  readonly label: string;
}

function Builder({ condition, known, onChange, onRemove, label }: BuilderProps) {
  const names: Readonly<Record<Kind, string>> = { compare: text.compare, "is-true": text.isTrue, not: text.not, all: text.all, any: text.any };
  return (
    <div className="condition-part">
      <div className="row">
        <select className="input small" aria-label={label} value={condition.kind} onChange={(event) => onChange(fresh(event.target.value as Kind, condition))}>
          {KINDS.map((kind) => <option key={kind} value={kind}>{names[kind]}</option>)}
        </select>
        {condition.kind === "compare" && <Comparing condition={condition} known={known} onChange={onChange} />}
        {condition.kind === "is-true" && <Value operand={condition.of} known={known} label={text.left} onChange={(of) => onChange({ ...condition, of })} like={null} />}
        {onRemove && <Button small icon kind="quiet" aria-label={text.remove} onClick={onRemove}>×</Button>}
      </div>
      {condition.kind === "not" && <Builder condition={condition.condition} known={known} label={text.kind} onChange={(inner) => onChange({ ...condition, condition: inner })} />}
      {(condition.kind === "all" || condition.kind === "any") && (
        <div className="condition-parts">
          {condition.conditions.map((one, index) => (
            <Builder
              key={index}
              condition={one}
              known={known}
              label={text.kind}
              onChange={(inner) => onChange({ ...condition, conditions: condition.conditions.with(index, inner) })}
              onRemove={condition.conditions.length > 1 ? () => onChange({ ...condition, conditions: condition.conditions.toSpliced(index, 1) }) : undefined}
            />
          ))}
          <Button small onClick={() => onChange({ ...condition, conditions: [...condition.conditions, fresh("compare", { kind: "is-true", of: { id: "?" } })] })}>{text.add}</Button>
        </div>
      )}
    </div>
  );
}

function Comparing({ condition, known, onChange }: { condition: Extract<Condition, { kind: "compare" }>; known: readonly Known[]; onChange: (condition: Condition) => void }) {
  const { left, right, comparison } = condition;
  const typeOf = (one: Operand): PortType | null => ("type" in one ? one.type : (known.find((each) => each.id === one.id)?.type ?? null));
  return (
    <>
      <Value operand={left} known={known} label={text.left} onChange={(next) => onChange(retyped({ ...condition, left: next }, known))} like={typeOf(right)} />
      <select className="input small" aria-label={text.comparison} value={comparison} onChange={(event) => onChange({ ...condition, comparison: event.target.value as Comparison })}>
        {COMPARISONS.map((one) => <option key={one} value={one}>{text.words[one]}</option>)}
      </select>
      <Value operand={right} known={known} label={text.right} onChange={(next) => onChange({ ...condition, right: next })} like={typeOf(left)} />
    </>
  );
}

/** Gives a written value the type of the port that it is held against. */
function retyped(condition: Extract<Condition, { kind: "compare" }>, known: readonly Known[]): Condition {
  const { left, right } = condition;
  if (!("id" in left) || !("type" in right)) return condition;
  const type = known.find((one) => one.id === left.id)?.type ?? null;
  const literal = literalType(type);
  const comparison = literal === "integer" || literal === "decimal" ? condition.comparison : "equalTo";
  return { ...condition, comparison, right: literal === right.type ? right : { type: literal, text: literal === "boolean" ? "true" : literal === "string" ? "" : right.text } };
}

function literalType(type: PortType | null): LiteralType {
  return LITERALS.find((one) => one === type) ?? (type === null ? "integer" : "string");
}

function Value({ operand, known, label, onChange, like }: { operand: Operand; known: readonly Known[]; label: string; onChange: (operand: Operand) => void; like: PortType | null }) {
  const id = "id" in operand ? operand.id : "";
  const written = "type" in operand;
  const lost = !written && id !== "?" && !known.some((one) => one.id === id);
  return (
    <span className="condition-value">
      <select
        className="input small"
        aria-label={label}
        value={written ? "=" : id}
        onChange={(event) => {
          const next = event.target.value;
          const type = literalType(like);
          onChange(next === "=" ? { type, text: type === "boolean" ? "true" : type === "string" ? "" : "0" } : { id: next });
        }}
      >
        {!written && id === "?" && <option value="?">{text.nothing}</option>}
        {lost && <option value={id}>{id}</option>}
        {known.map((one) => <option key={one.id} value={one.id}>{one.title}</option>)}
        <option value="=">{text.value}</option>
      </select>
      {written && operand.type === "boolean" && (
        <select className="input small" aria-label={`${label}: ${text.value}`} value={operand.text} onChange={(event) => onChange({ ...operand, text: event.target.value })}>
          <option value="true">{editor.yes}</option>
          <option value="false">{editor.no}</option>
        </select>
      )}
      {written && operand.type !== "boolean" && (
        <input
          className="input small"
          aria-label={`${label}: ${text.value}`}
          value={operand.text}
          onChange={(event) => {
            const value = event.target.value;
            const number = operand.type === "integer" || operand.type === "decimal";
            onChange({ type: number ? (/^\s*[+-]?\d+\s*$/.test(value) ? "integer" : "decimal") : operand.type, text: value });
          }}
        />
      )}
    </span>
  );
}

