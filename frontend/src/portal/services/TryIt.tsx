/** Tries a service where it is described: a form of its inputs, and the run that comes of it. */
import { useEffect, useRef, useState } from "react";
import { api } from "../../api/client";
import { useNews } from "../../api/events";
import { useLoad } from "../../api/load";
import { useMe } from "../../api/session";
import { InputFields, WrongFields } from "../../inputs/InputFields";
import type { Port } from "../../inputs/rules";
import { useForm } from "../../inputs/useForm";
import { useSending } from "../../inputs/useSending";
import { Badge, Button, Notice, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { concerns } from "../../run-states/news";
import { isOver, stateWords } from "../../run-states/states";
import { Link } from "../router";
import { shownSteps } from "../runs/model/run";
import { Stage } from "../runs/Stage";
import { Values } from "../runs/Values";
import { Elapsed } from "../Time";
import type { Service } from "./said";
import "../runs/runs.css";

const words = text.services.tried;
const CALM = 400;

/** The run that was begun last, and what it was given. */
interface Begun {
  readonly id: string;
  readonly values: Readonly<Record<string, string>>;
}

export function TryIt({ service }: { service: Service }) {
  const rights = useMe()?.rights ?? [];
  const [begun, setBegun] = useState<Begun | null>(null);
  if (!rights.includes("run") || !rights.includes("develop")) return null;
  return (
    <section className="card panel" aria-labelledby="try-it">
      <h2 id="try-it">{words.title}</h2>
      <p className="muted small">{words.hint}</p>
      <TryForm key={begun?.id ?? ""} service={service} values={begun?.values ?? {}} onBegun={setBegun} />
      {begun && <Tried key={begun.id} id={begun.id} />}
    </section>
  );
}

interface FormProps {
  service: Service;
  /** What the form begins with: what was tried last is most likely meant again. */
  values: Readonly<Record<string, string>>;
  onBegun: (begun: Begun) => void;
}

function TryForm({ service, values, onBegun }: FormProps) {
  const ports = service.inputs as readonly Port[];
  const form = useForm(ports, values);
  const sending = useSending({
    form,
    send: async (inputs, key) => {
      const run = await api.post("/api/v1/runs", { body: { service: service.name, inputs }, headers: { "Idempotency-Key": key } });
      onBegun({ id: run.id, values: inputs });
    },
  });
  return (
    <form
      className="stack"
      noValidate
      aria-labelledby="try-it"
      onSubmit={(event) => {
        event.preventDefault();
        sending.submit();
      }}
    >
      {ports.length > 0 ? <InputFields ports={ports} form={form} id="try" /> : <p>{words.none}</p>}
      {sending.error && <Notice tone="bad" alert><p>{sending.error}</p></Notice>}
      {sending.tried && <WrongFields ports={ports} form={form} id="try" />}
      <p><Button type="submit" kind="primary" busy={sending.state !== "idle"}>{sending.state === "waiting" ? text.workflows.form.waits : words.submit}</Button></p>
    </form>
  );
}

function Tried({ id }: { id: string }) {
  const it = useRef<HTMLDivElement>(null);
  const { data: run, error, reload } = useLoad(`run/${id}`, (signal) => api.get("/api/v1/runs/{run}", { path: { run: id }, signal }));
  useNews(() => void reload(), (news) => concerns(run, id, news), CALM);
  useEffect(() => it.current?.focus(), []);
  const look = run && stateWords(run);
  const steps = run && !isOver(run) ? shownSteps(run, null) : [];
  return (
    <div className="stack" ref={it} tabIndex={-1} role="group" aria-label={words.run}>
      {error !== undefined && !run && <Trouble error={error} onRetry={() => void reload()} />}
      <p className="row">
        <span role="status">{look && <Badge tone={look.tone}>{look.word}</Badge>}</span>
        {run && <Elapsed from={run.started_at} to={run.ended_at} />}
        <Link to={`/runs/${id}`}>{words.open}</Link>
      </p>
      {run?.failure && <Notice tone="bad"><p>{run.failure.message}</p></Notice>}
      {run && steps.length > 0 && <Stage run={run} steps={steps} isChosen={false} onLeave={() => undefined} mayTell />}
      {run?.state === "succeeded" && (Object.keys(run.outputs).length > 0 ? <Values ports={run.output_ports as Port[]} values={run.outputs} rich /> : <p className="muted">{text.runs.noResults}</p>)}
    </div>
  );
}
