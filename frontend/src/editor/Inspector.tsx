/** The details of what is chosen. */
import { useId } from "react";
import { entry, isWire, without, type End, type Node, type Step } from "../graph/document";
import { withConstant, withEndMoved, withEndNamed, withIdRenamed } from "../graph/edits";
import { outputsOf } from "../graph/library";
import { CONSTRUCTS, unwrapped, type ConstructKind } from "../graph/making";
import { isConstruct, keyOf, nodeOf } from "../graph/walking";
import { titleOf } from "../graph-view/shape";
import { Button, Field, Input, TextArea, Tick } from "../kit/controls";
import { editor } from "../messages/en/editor";
import { picture } from "../messages/en/picture";
import { useEditing, useState_ } from "./context";
import { pointed } from "../run-states/values";
import { StepRun } from "./StepRun";

const text = editor.inspector;

interface Props {
  /** Runs the service of a step alone; without it nobody may. */
  readonly onTry: ((step: Step) => void) | null;
}

export function Inspector({ onTry }: Props) {
  const { store, commands } = useEditing();
  const chosen = useState_((state) => state.chosen);
  const doc = useState_((state) => state.history.now.doc);
  const locked = useState_((state) => state.readOnly);
  const uids = [...chosen];
  const [only] = uids;
  const node = only !== undefined && uids.length === 1 ? nodeOf(doc, only) : undefined;
  const end = only !== undefined && uids.length === 1 ? [...doc.inputs, ...doc.outputs].find((one) => one.uid === only) : undefined;
  if (uids.length === 0) return <p className="muted small">{text.none}</p>;
  return (
    <div className="inspector stack">
      {node ? <NodeDetails key={node.uid} node={node} onTry={onTry} /> : end ? <EndDetails key={end.uid} end={end} /> : <p>{text.several(uids.length)}</p>}
      {!locked && uids.some((uid) => nodeOf(doc, uid)) && (
        <Field label={text.wrap}>
          {(tied) => (
            <select {...tied} className="input small" value="" onChange={(event) => commands.wrap(event.target.value as ConstructKind)}>
              <option value="">—</option>
              {CONSTRUCTS.map((kind) => <option key={kind} value={kind}>{editor.palette.constructs[kind]}</option>)}
            </select>
          )}
        </Field>
      )}
      {!locked && (
        <div className="row">
          <Button small onClick={() => commands.duplicate()}>{text.duplicate}</Button>
          <Button small kind="danger" onClick={() => commands.remove(chosen)}>{text.remove}</Button>
          {node && isConstruct(node) && <Button small onClick={() => store.change(unwrapped(store.doc, node.uid), "unwrap")}>{text.unwrap}</Button>}
        </div>
      )}
    </div>
  );
}

/** What a node is, what became of it in the run that is shown, and what can be changed about it. */
function NodeDetails({ node, onTry }: Props & { node: Node }) {
  const { store } = useEditing();
  const locked = useState_((state) => state.readOnly);
  const library = useState_((state) => state.library);
  const key = keyOf(store.doc, node.uid);
  const ran = useState_((state) => state.run?.steps.get(node.uid));
  const kind = picture.kinds[node.kind];
  const service = node.kind === "step" ? library.services.get(node.service) : undefined;
  return (
    <>
      <h2>{titleOf(node, library) || kind}</h2>
      <p className="muted small">{kind} · {text.place} {key}</p>
      {service && service.description !== "" && <p className="small">{service.description}</p>}
      {ran && <StepRun step={ran} />}
      {node.kind === "step" && service && onTry && <Button small onClick={() => onTry(node)}>{editor.run.tryStep}</Button>}
      {!locked && <NodeFields node={node} />}
    </>
  );
}

function NodeFields({ node }: { node: Node }) {
  const { store, commands } = useEditing();
  const library = useState_((state) => state.library);
  const edit = (field: string, change: (one: Node) => Node) => commands.edit(node.uid, field, change);
  return (
    <>
      {node.kind !== "sequence" && (
        <>
          <Field label={text.name}>
            {(tied) => <Input {...tied} small value={node.name} placeholder={titleOf({ ...node, name: "" }, library)} onChange={(name) => edit("name", (one) => (one.kind === "sequence" ? one : { ...one, name }))} />}
          </Field>
          <Field label={text.note}>
            {(tied) => <TextArea {...tied} small rows={2} value={node.note} onChange={(note) => edit("note", (one) => (one.kind === "sequence" ? one : { ...one, note }))} />}
          </Field>
        </>
      )}
      <div className="row">
        <Button small onClick={() => commands.reorder(node.uid, -1)}>{text.earlier}</Button>
        <Button small onClick={() => commands.reorder(node.uid, 1)}>{text.later}</Button>
      </div>
      {node.kind === "step" && <StepDetails step={node} edit={edit} />}
      {node.kind === "repeat" && (
        <>
          <Whole label={text.most} value={node.most} onChange={(most) => edit("most", (one) => (one.kind === "repeat" ? { ...one, most } : one))} />
          <Tick label={text.askFirst} checked={node.askFirst} onChange={(askFirst) => edit("ask", (one) => (one.kind === "repeat" ? { ...one, askFirst } : one))} />
        </>
      )}
      {node.kind === "for-each" && (
        <>
          <Whole label={text.width} value={node.width} onChange={(width) => edit("width", (one) => (one.kind === "for-each" ? { ...one, width } : one))} />
          {!isWire(node.over) && (
            <Field label={text.list}>
              {(tied) => <Input {...tied} small value={isWire(node.over) ? "" : node.over.value} onChange={(value) => store.change(withConstant(store.doc, { kind: "over", uid: node.uid }, value), "value", { join: `over ${node.uid}` })} />}
            </Field>
          )}
        </>
      )}
      <ValueNames node={node} />
    </>
  );
}

/** What a construct defines can be called something. */
function ValueNames({ node }: { node: Node }) {
  const { store } = useEditing();
  const ids = node.kind === "branch" ? node.merged.map((one) => one.id) : node.kind === "repeat" ? node.carried.map((one) => one.id)
    : node.kind === "for-each" ? [node.item, ...node.gathered.map((one) => one.id)] : [];
  return ids.map((id, index) => (
    <Field key={index} label={text.valueId}>
      {(tied) => <Input {...tied} small value={id} onChange={(next) => store.change(withIdRenamed(store.doc, id, next), "rename", { join: `id ${node.uid} ${index}` })} />}
    </Field>
  ));
}

function StepDetails({ step, edit }: { step: Step; edit: (field: string, change: (one: Node) => Node) => void }) {
  const library = useState_((state) => state.library);
  const set = (field: string, change: Partial<Step>) => edit(field, (one) => (one.kind === "step" ? { ...one, ...change } : one));
  const outputs = [...outputsOf(library, step).keys()];
  return (
    <>
      <Whole label={text.retries} value={step.retries} onChange={(retries) => set("retries", { retries })} />
      {step.retries > 0 && <Whole label={text.retryPause} value={step.retryPause} onChange={(retryPause) => set("pause", { retryPause })} />}
      <Field label={text.timeOut} hint={text.timeOutHint}>
        {(tied) => <Input {...tied} small inputMode="decimal" value={step.timeOut === null ? "" : String(step.timeOut)} onChange={(value) => set("time-out", { timeOut: value.trim() === "" ? null : Math.max(0, Number(value) || 0) })} />}
      </Field>
      <Tick label={text.repeatable} checked={step.repeatable} onChange={(repeatable) => set("repeatable", { repeatable })} />
      <Tick label={text.onFailure} checked={step.onFailure !== null} onChange={(on) => set("failure", { onFailure: on ? {} : null })} />
      {step.onFailure !== null && outputs.map((name) => (
        <Field key={name} label={name}>
          {(tied) => (
            <Input
              {...tied}
              small
              value={(step.onFailure && entry(step.onFailure, name)) ?? ""}
              onChange={(value) => {
                const rest = without(step.onFailure ?? {}, name);
                set(`failure ${name}`, { onFailure: value === "" ? rest : { ...rest, [name]: value } });
              }}
            />
          )}
        </Field>
      ))}
    </>
  );
}

function Whole({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  return (
    <Field label={label}>
      {(tied) => <Input {...tied} small type="number" min={0} value={String(value)} onChange={(next) => onChange(Math.max(0, Math.round(Number(next) || 0)))} />}
    </Field>
  );
}

function EndDetails({ end }: { end: End }) {
  const locked = useState_((state) => state.readOnly);
  const value = useState_((state) => state.run?.values.get(end.id));
  return (
    <>
      <h2>{end.name}</h2>
      {value !== undefined && <p className="step-value small">{pointed(value)}</p>}
      {!locked && <EndFields end={end} />}
    </>
  );
}

function EndFields({ end }: { end: End }) {
  const { store } = useEditing();
  const id = useId();
  return (
    <>
      <Field label={text.endName} id={id}>
        {(tied) => <Input {...tied} small value={end.name} onChange={(name) => name !== "" && store.change(withEndNamed(store.doc, end.uid, name), "rename", { join: `end ${end.uid}` })} />}
      </Field>
      <div className="row">
        <Button small onClick={() => store.change(withEndMoved(store.doc, end.uid, -1), "order")}>{text.earlier}</Button>
        <Button small onClick={() => store.change(withEndMoved(store.doc, end.uid, 1), "order")}>{text.later}</Button>
      </div>
    </>
  );
}
