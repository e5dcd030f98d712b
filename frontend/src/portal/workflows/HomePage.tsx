/** The front page: what can be run, what waits for somebody, and what ran last. */
import { useMemo } from "react";
import { api, type Schemas } from "../../api/client";
import { useNews } from "../../api/events";
import { useLoad } from "../../api/load";
import { useMe } from "../../api/session";
import { Badge, Button, Empty, Icon, Search, Select, Skeleton, Trouble } from "../../kit";
import { useKept } from "../../kit/kept";
import { text } from "../../messages/en";
import { Link, useQuery } from "../router";
import { RunRow } from "../RunRow";
import { useTitle } from "../title";
import { useWaiting } from "../waiting";
import { choose } from "./choose";
import { useFavourites, type Favourites } from "./favourites";
import { Star } from "./Star";
import "./workflows.css";

const words = text.workflows;
type Workflow = Schemas["WorkflowAnswer"];
const ON_A_PAGE = 500;
const LATEST = 8;

export default function HomePage() {
  const mayDevelop = useMe()?.rights.includes("develop") ?? false;
  const favourites = useFavourites();
  const workflows = useLoad("workflows", async (signal) => (await api.get("/api/v1/workflows", { query: { limit: ON_A_PAGE }, signal })).items);
  return (
    <>
      <Waiting />
      <section aria-labelledby="workflows">
        <div className="page-head">
          <h1 id="workflows">{words.title}</h1>
          {mayDevelop && (
            <Link className="button" to="/new-workflow">
              <Icon name="edit" /> {words.newWorkflow}
            </Link>
          )}
        </div>
        {workflows.data && favourites.ready ? <Shelf workflows={workflows.data} favourites={favourites} /> : workflows.error ? <Trouble error={workflows.error} onRetry={() => void workflows.reload()} /> : <Skeleton lines={6} />}
      </section>
      {mayDevelop && workflows.data && <Drafts workflows={workflows.data.filter((one) => one.published_version === null)} />}
      <Latest />
    </>
  );
}

function Shelf({ workflows, favourites }: { workflows: readonly Workflow[]; favourites: Favourites }) {
  const [search, setSearch] = useQuery("q");
  const [category, setCategory] = useQuery("category");
  const [view, setView] = useKept("workflows.view", "cards");
  const mayRun = useMe()?.rights.includes("run") ?? false;
  const published = useMemo(() => workflows.filter((one) => one.published_version !== null), [workflows]);
  const categories = useMemo(() => [...new Set(published.map((one) => one.category).filter(Boolean))].sort(), [published]);
  const found = useMemo(
    () => choose(published, { search, category }).toSorted((a, b) => Number(favourites.has(b.name)) - Number(favourites.has(a.name))),
    [published, search, category, favourites],
  );
  if (published.length === 0) return <Nothing unpublished={workflows} />;
  return (
    <>
      <div className="shelf-tools row">
        <Search label={words.search} value={search} onChange={setSearch} />
        {categories.length > 0 && (
          <Select
            aria-label={words.category}
            value={category}
            choices={[{ value: "", label: words.allCategories }, ...categories.map((one) => ({ value: one, label: one }))]}
            onChange={setCategory}
          />
        )}
        <div className="row view-choice" role="group" aria-label={words.view}>
          {(["cards", "list"] as const).map((one) => (
            <Button key={one} kind="quiet" icon aria-label={words[one]} aria-pressed={view === one} onClick={() => setView(one)}>
              <Icon name={one} />
            </Button>
          ))}
        </div>
      </div>
      <p className="hidden" role="status">{words.count(found.length)}</p>
      {found.length === 0 ? (
        <Empty title={words.noneFound}>
          <p>{words.noneFoundHint}</p>
          <Button small onClick={() => setSearch("")}>{words.showAll}</Button>
        </Empty>
      ) : (
        <ul className={view === "list" ? "workflow-list card" : "workflow-cards"}>
          {found.map((one) => (
            <Card key={one.name} workflow={one} mayRun={mayRun} favourite={favourites.has(one.name)} onFavourite={() => favourites.toggle(one.name)} />
          ))}
        </ul>
      )}
    </>
  );
}

interface CardProps {
  workflow: Workflow;
  mayRun: boolean;
  favourite: boolean;
  onFavourite: () => void;
}

function Card({ workflow, mayRun, favourite, onFavourite }: CardProps) {
  const title = workflow.title || workflow.name;
  const at = `/workflows/${encodeURIComponent(workflow.name)}`;
  return (
    <li className="workflow card">
      {workflow.picture && <img src={`/api/v1/workflows/${encodeURIComponent(workflow.name)}/picture?${workflow.picture}`} alt="" loading="lazy" />}
      <div className="workflow-words">
        <h2>
          <Link to={at}>{title}</Link>
        </h2>
        <p className="about muted">{workflow.description || words.noDescription}</p>
      </div>
      <p className="workflow-facts row">
        {workflow.category && <span className="chip">{workflow.category}</span>}
        <code className="muted clip">{workflow.name}</code>
      </p>
      <div className="workflow-does row">
        <Star title={title} favourite={favourite} onToggle={onFavourite} small />
        {mayRun && (
          <Link className="button small" to={`${at}/start`} aria-label={`${words.start} ${title}`}>
            <Icon name="play" size={15} /> {words.start}
          </Link>
        )}
      </div>
    </li>
  );
}

/** What was saved and never published: only who may change it looks for it here. */
function Drafts({ workflows }: { workflows: readonly Workflow[] }) {
  if (workflows.length === 0) return null;
  return (
    <section aria-labelledby="drafts">
      <div className="page-head">
        <h2 id="drafts">{words.drafts}</h2>
      </div>
      <ul>
        {workflows.map((one) => (
          <li key={one.name}>
            <Link to={`/workflows/${encodeURIComponent(one.name)}/edit`}>{one.title || one.name}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Nothing({ unpublished }: { unpublished: readonly Workflow[] }) {
  const first = unpublished[0];
  return (
    <Empty title={words.empty}>
      <p>{first ? words.onlyUnpublished(unpublished.length) : words.emptyHint}</p>
      <pre>{first ? `tarry workflows publish ${first.name}` : words.emptyCommands}</pre>
    </Empty>
  );
}

function Waiting() {
  const { runs, more } = useWaiting();
  const count = runs.length;
  useTitle(count > 0 ? `(${count}) ${words.title}` : words.title);
  const only = count === 1 ? runs[0] : undefined;
  return (
    <div role="status">
      {count > 0 && (
        <Link className="notice ask waiting" to={only ? `/runs/${only.id}` : "/runs?show=you"}>
          <span>
            <Badge tone="ask">{more ? text.runs.waitingMany(count) : words.waiting(count)}</Badge> {words.waitingHint}
          </span>
        </Link>
      )}
    </div>
  );
}

function Latest() {
  const runs = useLoad("latest", async (signal) => (await api.get("/api/v1/runs", { query: { limit: LATEST }, signal })).items);
  useNews(() => void runs.reload(), undefined, 1000);
  return (
    <section aria-labelledby="latest" className="latest">
      <div className="page-head">
        <h2 id="latest">{words.latest}</h2>
        <Link to="/runs">{words.allRuns}</Link>
      </div>
      {runs.data && runs.data.length > 0 ? (
        <ul className="run-rows card" id="run-list">
          {runs.data.map((run) => <RunRow key={run.id} run={run} />)}
        </ul>
      ) : runs.data ? (
        <Empty title={words.noRuns}>
          <p>{words.noRunsHint}</p>
        </Empty>
      ) : runs.error ? (
        <Trouble error={runs.error} onRetry={() => void runs.reload()} />
      ) : (
        <Skeleton />
      )}
    </section>
  );
}
