/** The form that starts a run, made from the ports of the workflow. */
import { useEffect, useMemo, useRef, useState, type SyntheticEvent } from "react";
import { api, Problem, wordsOf, type Schemas } from "../../api/client";
import { useLoad } from "../../api/load";
import { useMe } from "../../api/session";
import { Button, Field, Input, Notice, Select, Skeleton, Tick, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { ago } from "../../messages/words";
import { Link, navigate, useHere, type Params } from "../router";
import { stateWords } from "../states";
import { useTitle } from "../title";
import { labelOf, PortField } from "./PortField";
import type { Port } from "./rules";
import { useForm, type Form } from "./useForm";
import "./start.css";

const words = text.workflows.form;
type Run = Schemas["RunAnswer"];
type Workflow = Schemas["WorkflowAnswer"];
const EARLIER_RUNS = 10;

export default function StartPage({ params }: { params: Params }) {
  const name = params.name ?? "";
  const like = useHere().searchParams.get("like") ?? "";
  const workflow = useLoad(`workflow/${name}`, (signal) => api.get("/api/v1/workflows/{name}", { path: { name }, signal }));
  const runs = useLoad(`earlier/${name}`, async (signal) => {
    const query = { workflow: name, owner: "me", limit: EARLIER_RUNS };
    return (await api.get("/api/v1/runs", { query, signal })).items;
  });
  const other = useLoad(like && `run/${like}`, (signal) => api.get("/api/v1/runs/{run}", { path: { run: like }, signal }));
  useTitle(workflow.data ? words.title(workflow.data.title || name) : "");
  const failed = workflow.error ?? other.error;
  if (failed && !workflow.data) return <Trouble error={failed} onRetry={() => void workflow.reload()} />;
  if (!workflow.data || (runs.loading && !runs.data) || (like && other.loading)) return <Skeleton lines={8} />;
  return <Start workflow={workflow.data} earlier={runs.data ?? []} like={other.data} />;
}

function Start({ workflow, earlier, like }: { workflow: Workflow; earlier: readonly Run[]; like: Run | undefined }) {
  const ports = workflow.inputs as readonly Port[];
  const form = useForm(ports);
  const [from, setFrom] = useState(like?.id ?? "");
  const [error, setError] = useState("");
  const sending = useSending(workflow.name, form, setError);
  const filled = useRef(false);
  useEffect(() => {
    if (like && !filled.current) form.fill(like.inputs);
    filled.current = true;
  }, [like, form]);
  const choose = (run: string) => {
    setFrom(run);
    const found = [...earlier, ...(like ? [like] : [])].find((one) => one.id === run);
    form.fill(found?.inputs ?? {});
  };
  const plain = ports.filter((port) => !port.advanced);
  const advanced = ports.filter((port) => port.advanced);
  return (
    <div className="narrow">
      <nav className="crumbs" aria-label={text.workflows.title}>
        <Link to={`/workflows/${encodeURIComponent(workflow.name)}`}>{text.workflows.title}</Link>
      </nav>
      <h1>{workflow.title || workflow.name}</h1>
      {workflow.description && <p className="lead">{workflow.description}</p>}
      {error && <Notice tone="bad" alert><p>{error}</p></Notice>}
      {sending.tried && <Summary ports={ports} form={form} />}
      <form className="card start-form" noValidate onSubmit={sending.submit}>
        {ports.length > 0 && <Earlier runs={earlier} like={like} chosen={from} onChoose={choose} />}
        {plain.map((port) => <OneField key={port.name} port={port} form={form} runs={earlier} />)}
        {ports.length === 0 && <p>{words.none}</p>}
        {advanced.length > 0 && (
          <details className="more" open={advanced.some((port) => form.errors[port.name]) || undefined}>
            <summary>{words.advanced}</summary>
            <div className="stack">{advanced.map((port) => <OneField key={port.name} port={port} form={form} runs={earlier} />)}</div>
          </details>
        )}
        <Tell wishes={sending.wishes} onWishes={sending.setWishes} />
        <div className="row">
          <Button type="submit" kind="primary" busy={sending.state !== "idle"}>
            {sending.state === "waiting" ? words.waits : sending.state === "sending" ? words.busy : words.button}
          </Button>
          <Link className="button quiet" to={`/workflows/${encodeURIComponent(workflow.name)}`}>{words.cancel}</Link>
        </div>
      </form>
    </div>
  );
}

function OneField({ port, form, runs }: { port: Port; form: Form; runs: readonly Run[] }) {
  const earlier = useMemo(() => [...new Set(runs.map((run) => run.inputs[port.name] ?? ""))].slice(0, 6), [runs, port.name]);
  return (
    <PortField
      port={port}
      id={fieldId(port)}
      value={form.texts[port.name] ?? ""}
      error={form.errors[port.name]}
      earlier={port.type === "secret" ? [] : earlier}
      onChange={(value) => form.set(port.name, value)}
      onLeave={() => form.leave(port.name)}
      onUpload={(state) => form.upload(port.name, state)}
    />
  );
}

function fieldId(port: Port): string {
  return `input-${port.name}`;
}

function Summary({ ports, form }: { ports: readonly Port[]; form: Form }) {
  const wrong = ports.filter((port) => form.errors[port.name]);
  if (wrong.length === 0) return null;
  return (
    <Notice tone="bad" alert title={words.summary(wrong.length)}>
      <ul>
        {wrong.map((port) => (
          <li key={port.name}>
            <a
              href={`#${fieldId(port)}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(fieldId(port))?.focus();
              }}
            >
              {labelOf(port)}
            </a>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

interface EarlierProps {
  runs: readonly Run[];
  like: Run | undefined;
  chosen: string;
  onChoose: (run: string) => void;
}

/** Offers the values of earlier runs. */
function Earlier({ runs, like, chosen, onChoose }: EarlierProps) {
  const now = new Date();
  const choices = runs.map((run) => ({ value: run.id, label: words.ofRun(ago(run.created_at, now), stateWords(run).word.toLowerCase()) }));
  if (like && !runs.some((run) => run.id === like.id)) choices.unshift({ value: like.id, label: words.ofOther });
  if (choices.length === 0) return null;
  return (
    <Field label={words.values} className="earlier">
      {(tied) => <Select {...tied} value={chosen} choices={[{ value: "", label: words.defaults }, ...choices]} onChange={onChoose} />}
    </Field>
  );
}

interface Wishes {
  readonly mail: boolean;
  readonly webhook: string;
}

function Tell({ wishes, onWishes }: { wishes: Wishes; onWishes: (wishes: Wishes) => void }) {
  const email = useMe()?.email ?? "";
  return (
    <details className="more">
      <summary>{words.tell}</summary>
      <div className="stack">
        {email && <Tick label={words.mail(email)} checked={wishes.mail} onChange={(mail) => onWishes({ ...wishes, mail })} />}
        <Field label={words.webhook} hint={words.webhookHint} optional>
          {(tied) => <Input {...tied} type="url" inputMode="url" value={wishes.webhook} onChange={(webhook) => onWishes({ ...wishes, webhook })} />}
        </Field>
      </div>
    </details>
  );
}

type Sending = "idle" | "waiting" | "sending";

/** Sends the form: once, however often it is clicked, and after what is still being uploaded. */
function useSending(workflow: string, form: Form, onError: (message: string) => void) {
  const [state, setState] = useState<Sending>("idle");
  const [tried, setTried] = useState(false);
  const [wishes, setWishes] = useState<Wishes>({ mail: false, webhook: "" });
  const key = useRef("");

  const send = async () => {
    const values = form.submit();
    setTried(true);
    onError("");
    if (values === null) {
      setState("idle");
      scrollTo(0, 0);
      return;
    }
    setState("sending");
    key.current ||= newKey();
    try {
      const tell = [...(wishes.mail ? [{ mail: true as const }] : []), ...(wishes.webhook.trim() ? [{ webhook: wishes.webhook.trim() }] : [])];
      const run = await api.post("/api/v1/runs", { body: { workflow, inputs: values, tell }, headers: { "Idempotency-Key": key.current } });
      navigate(`/runs/${run.id}`);
    } catch (error) {
      setState("idle");
      if (error instanceof Problem) key.current = ""; // it was answered: another try is another request
      const port = error instanceof Problem ? error.facts.port : undefined;
      if (!(port && form.refuse(port, wordsOf(error)))) onError(wordsOf(error));
      scrollTo(0, 0);
    }
  };

  const newest = useRef(send);
  useEffect(() => {
    newest.current = send;
  });
  useEffect(() => {
    if (state === "waiting" && !form.uploading) void newest.current();
  }, [state, form.uploading]);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (state !== "idle") return;
    if (form.uploading) setState("waiting");
    else void send();
  };
  return { state, tried, wishes, setWishes, submit };
}

/** Names a request, so that it begins one run however often it is sent. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
