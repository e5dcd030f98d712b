/** A run: watched from its first step to its results, steered, and told of when it is over. */
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useNews } from "../../api/events";
import { useLoad, type Loaded } from "../../api/load";
import { useMe } from "../../api/session";
import { Badge, ErrorBoundary, Skeleton, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { Link, useQuery, type Params } from "../router";
import { isOver, stateWords } from "../../run-states/states";
import { useTitle } from "../title";
import { Actions } from "./Actions";
import { concerns } from "../../run-states/news";
import { nodeStates, placeOf } from "../../run-states/nodes";
import { shownSteps, titleOf, type Port, type Run } from "./model/run";
import { Stage } from "./Stage";
import { Steps, type Ports } from "./Steps";
import { Story, Tellings } from "./Story";
import { Telling } from "./Telling";
import { Elapsed, When } from "../Time";
import { Values } from "./Values";
import "./runs.css";

const words = text.runs;
const drawing = import("../../graph-view/GraphView");
drawing.catch(() => undefined); // told where it is missed
const GraphView = lazy(async () => ({ default: (await drawing).GraphView }));
/** News come at most so often, in milliseconds. */
const CALM = 500;
const NOTHING: Ports = { inputs: [], outputs: [] };

export default function RunPage({ params }: { params: Params }) {
  const id = params.run ?? "";
  const found = useLoad(`run/${id}`, (signal) => api.get("/api/v1/runs/{run}", { path: { run: id }, signal }));
  const document = useLoad(`document/${id}`, (signal) => api.get("/api/v1/runs/{run}/document", { path: { run: id }, signal }));
  const { data: run, reload } = found;
  useNews(() => void reload(), (news) => concerns(run, id, news), CALM);
  useTitle(run ? titleOf(run) : words.title);
  if (run) return <Shown key={id} run={run} document={document} onChanged={() => void reload()} />;
  if (found.error) return <Trouble error={found.error} onRetry={() => void reload()} />;
  return <Skeleton lines={8} />;
}

interface ShownProps {
  run: Run;
  document: Loaded<Schemas["RunDocument"]>;
  onChanged: () => void;
}

function Shown({ run, document, onChanged }: ShownProps) {
  const may = useMe()?.rights.includes("run") ?? false;
  // The picture and what is beneath it come together: nothing moves from under a pointer.
  const known = document.data !== undefined || document.error !== undefined;
  return (
    <div className="run stack">
      <Head run={run} may={may} version={document.data?.version} onChanged={onChanged} />
      <Telling run={run} may={may} onChanged={onChanged} />
      {run.state === "succeeded" && <Results run={run} />}
      {known ? <Suspense fallback={<Skeleton lines={8} />}><Course run={run} may={may} document={document.data} /></Suspense> : <Skeleton lines={8} />}
    </div>
  );
}

/** What the run does: its graph, the pages of its steps, its steps, and what it was given. */
function Course({ run, may, document }: { run: Run; may: boolean; document: Schemas["RunDocument"] | undefined }) {
  const [query, setQuery] = useQuery("step");
  const chosen = /^\d+$/.test(query) ? Number(query) : null;
  const stage = shownSteps(run, chosen);
  const isChosen = chosen !== null && stage.some((step) => step.number === chosen);
  const services = document?.services;
  const portsOf = useCallback((uri: string): Ports => {
    const one = services?.find((service) => service.uri === uri);
    return one ? { inputs: one.inputs as Port[], outputs: one.outputs as Port[] } : NOTHING;
  }, [services]);
  const choose = (step: number) => setQuery(String(step));
  return (
    <>
      {document && (
        <Picture run={run} document={document.document} services={document.services} chosen={isChosen ? (run.steps.find((step) => step.number === chosen)?.key ?? null) : null} onChoose={choose} />
      )}
      <div className={stage.length > 0 ? "run-columns" : "run-columns lonely"}>
        {(stage.length > 0 || run.steps.some((step) => step.hears)) && (
          <Stage run={run} steps={stage} isChosen={isChosen} onLeave={() => setQuery("")} mayTell={may} />
        )}
        <section aria-labelledby="steps-title" className="stack" id="step-list">
          <h2 id="steps-title">{words.steps}</h2>
          <Steps run={run} shown={stage.map((step) => step.number)} chosen={isChosen ? chosen : null} onChoose={choose} portsOf={portsOf} />
        </section>
      </div>
      {Object.keys(run.inputs).length > 0 && (
        <section aria-labelledby="inputs-title" className="stack">
          <h2 id="inputs-title">{words.inputs}</h2>
          <div className="card"><Values ports={run.input_ports as Port[]} values={run.inputs} /></div>
        </section>
      )}
      <Tellings run={run} />
      <Happened run={run} />
    </>
  );
}

function Head({ run, may, version, onChanged }: { run: Run; may: boolean; version: number | undefined; onChanged: () => void }) {
  const look = stateWords(run);
  return (
    <div>
      <nav className="crumbs" aria-label={words.crumbs}><Link to="/runs">{words.title}</Link></nav>
      <div className="page-head">
        <h1>{run.title || run.workflow}</h1>
        <Actions run={run} may={may} onChanged={onChanged} />
      </div>
      <p className="row run-facts muted">
        <Badge tone={look.tone}>{look.word}</Badge>
        {run.trial && <Badge tone="idle">{words.trial[run.trial]}</Badge>}
        <Elapsed from={run.started_at} to={run.ended_at} />
        <span>{words.startedBy(run.owner)} <When at={run.created_at} /></span>
        {version !== undefined && <span>{words.version(version)}</span>}
        {run.resumed_from && <span>{words.resumedFrom} <Link to={`/runs/${run.resumed_from}`}>{run.resumed_from.slice(0, 8)}</Link></span>}
        {run.rerun_of && <span>{words.rerunOf} <Link to={`/runs/${run.rerun_of}`}>{run.rerun_of.slice(0, 8)}</Link></span>}
        <code title={run.id}>{run.id.slice(0, 8)}</code>
      </p>
      <p className="hidden" role="status">{look.word}</p>
    </div>
  );
}

function Results({ run }: { run: Run }) {
  return (
    <section className="card results" aria-labelledby="results-title">
      <h2 id="results-title">{words.results}</h2>
      {Object.keys(run.outputs).length > 0 ? <Values ports={run.output_ports as Port[]} values={run.outputs} rich /> : <p className="muted">{words.noResults}</p>}
    </section>
  );
}

interface PictureProps {
  run: Run;
  document: unknown;
  services: readonly { uri: string; title: string }[];
  /** Key of the step whose page was chosen. */
  chosen: string | null;
  onChoose: (step: number) => void;
}

/** The graph with its states; a click shows the page of the newest run of a step, and its line in the list. */
function Picture({ run, document, services, chosen, onChoose }: PictureProps) {
  const states = useMemo(() => nodeStates(run, words), [run]);
  const titles = useMemo(() => new Map(services.map((one) => [one.uri, one.title])), [services]);
  const choose = (key: string) => {
    const step = run.steps.findLast((one) => placeOf(one.key).path === key);
    if (!step) return;
    if (step.page_tag) onChoose(step.number);
    window.document.getElementById(`step-${step.number}`)?.scrollIntoView({ block: "nearest" });
  };
  return (
    <ErrorBoundary>
      <section className="card graph" aria-label={words.graph}>
        <GraphView document={document} label={words.graphLabel(run.title || run.workflow)} titles={titles} states={states} chosen={chosen === null ? null : placeOf(chosen).path} onChoose={choose} />
      </section>
    </ErrorBoundary>
  );
}

function Happened({ run }: { run: Run }) {
  const [open, setOpen] = useState(() => isOver(run));
  return (
    <details className="happened" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary><h2>{words.story}</h2></summary>
      {open && <div className="card"><Story run={run} /></div>}
    </details>
  );
}
