/** The runs of the project: those that go on, wait for somebody, are finished or failed. */
import { useEffect, useState } from "react";
import { api } from "../../api/client";
import { useNews } from "../../api/events";
import { useLoad } from "../../api/load";
import { useMe } from "../../api/session";
import { Badge, Button, Empty, Field, Input, Notice, Progress, Search, Select, Skeleton, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { grouped } from "../../messages/words";
import { Link, navigate, useHere } from "../router";
import { isOver, stateWords, stepIsOver } from "../../run-states/states";
import { useTitle } from "../title";
import { useWaiting } from "../waiting";
import { runAgain } from "./Actions";
import { mayRepeat, summaryOf, type Run } from "./model/run";
import { queryOf, SHELVES, wantedOf, type Wanted } from "./model/shelves";
import { Elapsed, When } from "../Time";
import "./runs.css";

const words = text.runs;
const CALM = 1000;
const TYPING_MS = 300;

const NAMES = { shelf: "show", text: "q", workflow: "workflow", mine: "owner", since: "since", until: "until", after: "after" } as const;

/** Gives the address of the list as it is wanted. */
function addressOf(wanted: Wanted): string {
  const query = new URLSearchParams();
  for (const [key, name] of Object.entries(NAMES) as [keyof typeof NAMES, string][]) {
    const value = key === "mine" ? (wanted.mine ? "me" : "") : key === "shelf" && wanted.shelf === "all" ? "" : wanted[key];
    if (typeof value === "string" && value) query.set(name, value);
  }
  return `/runs${query.size > 0 ? `?${query}` : ""}`;
}

export default function RunsPage() {
  const here = useHere();
  const wanted = wantedOf(here.searchParams);
  const rights = useMe()?.rights;
  const found = useLoad(`runs/${here.search}`, (signal) => api.get("/api/v1/runs", { query: queryOf(wanted), signal }));
  useNews(() => void found.reload(), undefined, CALM);
  const { runs: asking, more } = useWaiting();
  const waiting = asking.length;
  useTitle(waiting > 0 ? `(${waiting}) ${words.title}` : words.title);
  const narrow = (change: Partial<Wanted>, replace = true) => navigate(addressOf({ ...wanted, after: "", ...change }), { replace });
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <div id="attention" aria-live="polite">
        {waiting > 0 && wanted.shelf !== "you" && (
          <Notice tone="ask">
            <p className="row"><strong>{more ? words.waitingMany(waiting) : words.waiting(waiting)}</strong> <Link to="/runs?show=you">{words.seeWaiting}</Link></p>
          </Notice>
        )}
      </div>
      <nav className="tabs" aria-label={words.shelvesLabel}>
        {SHELVES.map((shelf) => (
          <Link key={shelf} to={addressOf({ ...wanted, shelf, after: "" })} aria-current={wanted.shelf === shelf ? "page" : undefined}>{words.shelves[shelf]}</Link>
        ))}
      </nav>
      <Filters wanted={wanted} onChange={narrow} />
      {found.error !== undefined && <Trouble error={found.error} onRetry={() => void found.reload()} />}
      {!found.data ? found.error === undefined && <Skeleton lines={8} /> : <List runs={found.data.items} isFiltered={addressOf(wanted) !== "/runs"} rights={rights} />}
      <p className="row">
        {wanted.after && <Link className="button" to={addressOf({ ...wanted, after: "" })}>{words.newest}</Link>}
        {found.data?.next && <Link className="button" to={addressOf({ ...wanted, after: found.data.next })}>{words.older}</Link>}
      </p>
    </div>
  );
}

function Filters({ wanted, onChange }: { wanted: Wanted; onChange: (change: Partial<Wanted>) => void }) {
  const [typed, setTyped] = useState(wanted.text);
  const isFiltered = Boolean(wanted.workflow || wanted.mine || wanted.since || wanted.until);
  const [open, setOpen] = useState(isFiltered);
  useEffect(() => setTyped(wanted.text), [wanted.text]);
  useEffect(() => {
    if (typed === wanted.text) return;
    const timer = setTimeout(() => onChange({ text: typed.trim() }), TYPING_MS);
    return () => clearTimeout(timer);
    // Only what is typed begins a search.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [typed]);
  return (
    <div className="row run-filters">
      <Search label={words.search} value={typed} onChange={setTyped} />
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{words.filters}</summary>
        {open && <MoreFilters wanted={wanted} onChange={onChange} isFiltered={isFiltered} />}
      </details>
    </div>
  );
}

function MoreFilters({ wanted, onChange, isFiltered }: { wanted: Wanted; onChange: (change: Partial<Wanted>) => void; isFiltered: boolean }) {
  const { data } = useLoad("workflows/names", (signal) => api.get("/api/v1/workflows", { query: { limit: 200 }, signal }));
  const names = (data?.items ?? []).map((one) => ({ value: one.name, label: one.title || one.name }));
  if (wanted.workflow && !names.some((one) => one.value === wanted.workflow)) names.push({ value: wanted.workflow, label: wanted.workflow });
  return (
    <div className="filter-fields">
      <Field label={words.workflow}>
        {(tied) => <Select {...tied} value={wanted.workflow} choices={[{ value: "", label: words.anyWorkflow }, ...names]} onChange={(workflow) => onChange({ workflow })} />}
      </Field>
      <Field label={words.owner}>
        {(tied) => <Select {...tied} value={wanted.mine ? "me" : "all"} choices={[{ value: "all", label: words.owners.all }, { value: "me", label: words.owners.me }]} onChange={(owner) => onChange({ mine: owner === "me" })} />}
      </Field>
      <Field label={words.since}>{(tied) => <Input {...tied} type="date" value={wanted.since} onChange={(since) => onChange({ since })} />}</Field>
      <Field label={words.until}>{(tied) => <Input {...tied} type="date" value={wanted.until} onChange={(until) => onChange({ until })} />}</Field>
      {isFiltered && <Button small onClick={() => onChange({ workflow: "", mine: false, since: "", until: "" })}>{words.clear}</Button>}
    </div>
  );
}

function List({ runs, isFiltered, rights }: { runs: readonly Run[]; isFiltered: boolean; rights: readonly string[] | undefined }) {
  if (runs.length === 0) {
    return <Empty title={isFiltered ? words.noneSo : words.none}><p>{isFiltered ? words.noneSoHint : words.noneHint}</p></Empty>;
  }
  return (
    <ul className="card listed-runs" id="run-list" aria-label={words.list}>
      {runs.map((run) => <Row key={run.id} run={run} rights={rights} />)}
    </ul>
  );
}

function Row({ run, rights }: { run: Run; rights: readonly string[] | undefined }) {
  const look = stateWords(run);
  const name = run.title || run.workflow;
  const current = isOver(run) ? undefined : run.steps.findLast((step) => !stepIsOver(step));
  return (
    <li className={look.tone === "ask" ? "listed-run asks" : "listed-run"}>
      <div className="run-name">
        <Link to={`/runs/${run.id}`}>{name}</Link>
        <p className="muted small">{run.trial && `${words.trial[run.trial]} · `}<When at={run.created_at} /> {words.by(run.owner)} · <code>{run.id.slice(0, 8)}</code></p>
      </div>
      <div className="listed-state"><Badge tone={look.tone}>{look.word}</Badge> <span className="muted small"><Elapsed from={run.started_at} to={run.ended_at} /></span></div>
      <div className="run-now small">
        {current && (
          <>
            <span>{current.name}</span>
            {typeof current.progress === "number" && (
              <span className="measure"><Progress value={current.progress} label={words.progressOf(current.name)} /> <span className="tabular">{words.percent(current.progress)}</span></span>
            )}
          </>
        )}
        {run.state === "succeeded" && summaryOf(run).map(({ port, value }) => (
          <span key={port.name}><span className="muted">{port.title ?? port.name}</span> {grouped(value)}{port.unit ? ` ${port.unit}` : ""}</span>
        ))}
        {run.failure && <span className="said clip" title={run.failure.message}>{run.failure.message}</span>}
      </div>
      <div className="run-act">
        {mayRepeat(run, rights) && isOver(run) && !run.input_ports.some((port) => port.type === "secret") && (
          <Button small kind="quiet" aria-label={words.againOf(name)} onClick={() => void runAgain(run.id)}>{words.again}</Button>
        )}
      </div>
    </li>
  );
}
