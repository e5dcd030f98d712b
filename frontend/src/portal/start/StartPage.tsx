/** The form that starts a run, made from the ports of the workflow. */
import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useLoad } from "../../api/load";
import { useMe } from "../../api/session";
import { entry } from "../../graph/document";
import { InputFields, WrongFields } from "../../inputs/InputFields";
import type { Port } from "../../inputs/rules";
import { useForm } from "../../inputs/useForm";
import { useSending } from "../../inputs/useSending";
import { Button, Field, Input, Notice, Select, Skeleton, Tick, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { ago } from "../../messages/words";
import { Link, navigate, useHere, type Params } from "../router";
import { stateWords } from "../../run-states/states";
import { useTitle } from "../title";
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
  const form = useForm(ports, like?.inputs);
  const mayRun = useMe()?.rights.includes("run") ?? false;
  const [from, setFrom] = useState(like?.id ?? "");
  const [wishes, setWishes] = useState<Wishes>({ mail: false, webhook: "" });
  const sending = useSending({
    form,
    onWrong: () => scrollTo(0, 0),
    send: async (inputs, key) => {
      const tell = [...(wishes.mail ? [{ mail: true as const }] : []), ...(wishes.webhook.trim() ? [{ webhook: wishes.webhook.trim() }] : [])];
      const run = await api.post("/api/v1/runs", { body: { workflow: workflow.name, inputs, tell }, headers: { "Idempotency-Key": key } });
      navigate(`/runs/${run.id}`);
    },
  });
  const choose = (run: string) => {
    setFrom(run);
    const found = [...earlier, ...(like ? [like] : [])].find((one) => one.id === run);
    form.fill(found?.inputs ?? {});
  };
  const earlierOf = (port: string) => [...new Set(earlier.map((run) => entry(run.inputs, port) ?? ""))].slice(0, 6);
  return (
    <div className="narrow">
      <nav className="crumbs" aria-label={text.workflows.title}>
        <Link to={`/workflows/${encodeURIComponent(workflow.name)}`}>{text.workflows.title}</Link>
      </nav>
      <h1>{workflow.title || workflow.name}</h1>
      {workflow.description && <p className="lead">{workflow.description}</p>}
      {!mayRun && <Notice tone="ask"><p>{words.mayNot}</p></Notice>}
      {sending.error && <Notice tone="bad" alert><p>{sending.error}</p></Notice>}
      {sending.tried && <WrongFields ports={ports} form={form} id="input" />}
      <form
        className="card start-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (mayRun) sending.submit();
        }}
      >
        {ports.length > 0 && <Earlier runs={earlier} like={like} chosen={from} onChoose={choose} />}
        <InputFields ports={ports} form={form} id="input" earlier={earlierOf} />
        <Tell wishes={wishes} onWishes={setWishes} />
        <div className="row">
          {mayRun && (
            <Button type="submit" kind="primary" busy={sending.state !== "idle"}>
              {sending.state === "waiting" ? words.waits : sending.state === "sending" ? words.busy : words.button}
            </Button>
          )}
          <Link className="button quiet" to={`/workflows/${encodeURIComponent(workflow.name)}`}>{words.cancel}</Link>
        </div>
      </form>
    </div>
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
