/** A workflow: what it is for, what it takes and gives, how it went lately. */
import { lazy, Suspense } from "react";
import { address, api, type Schemas } from "../../api/client";
import { useNews } from "../../api/events";
import { useLoad } from "../../api/load";
import { useMe } from "../../api/session";
import { Badge, Empty, Icon, Menu, Notice, Skeleton, TableFrame, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { Link, type Params } from "../router";
import { RunRow } from "../RunRow";
import { hintOf, mustBeGiven, typeOf, type Port } from "../../inputs/rules";
import { When } from "../Time";
import { useTitle } from "../title";
import { useFavourites } from "./favourites";
import { Star } from "./Star";
import "./workflows.css";

const Graph = lazy(() => import("../../graph-view/GraphView").then((module) => ({ default: module.GraphView })));
const words = text.workflows.page;
type Workflow = Schemas["CheckedAnswer"];
const LAST_RUNS = 10;

export default function WorkflowPage({ params }: { params: Params }) {
  const name = params.name ?? "";
  const workflow = useLoad(`checked/${name}`, (signal) => api.get("/api/v1/workflows/{name}/check", { path: { name }, signal }));
  useTitle(workflow.data ? workflow.data.title || name : "");
  if (workflow.data) return <Shown workflow={workflow.data} />;
  return workflow.error ? <Trouble error={workflow.error} onRetry={() => void workflow.reload()} /> : <Skeleton lines={8} />;
}

function Shown({ workflow }: { workflow: Workflow }) {
  const at = `/workflows/${encodeURIComponent(workflow.name)}`;
  const published = workflow.published_version !== null;
  const rights = useMe()?.rights ?? [];
  const favourites = useFavourites();
  return (
    <div className="workflow-page">
      <header className="stack">
        <nav className="crumbs" aria-label={text.workflows.title}>
          <Link to="/">{text.workflows.title}</Link>
        </nav>
        <div className="page-head">
          <h1>{workflow.title || workflow.name}</h1>
          <div className="row">
            {published && favourites.ready && <Star title={workflow.title || workflow.name} favourite={favourites.has(workflow.name)} onToggle={() => favourites.toggle(workflow.name)} />}
            <Menu label={<><Icon name="download" /> {words.document}</>} className="documents">
              {(["xml", "json"] as const).map((form) => (
                <a key={form} href={address("/api/v1/workflows/{name}/document", { path: { name: workflow.name }, query: { form } })} download={`${workflow.name}.${form}`}>
                  {words.as(form.toUpperCase())}
                </a>
              ))}
            </Menu>
            {rights.includes("develop") && (
              <Link className="button" to={`${at}/edit`}>
                <Icon name="edit" /> {words.edit}
              </Link>
            )}
            {published && rights.includes("run") && (
              <Link className="button primary" to={`${at}/start`}>
                <Icon name="play" size={16} /> {text.workflows.start}
              </Link>
            )}
          </div>
        </div>
        <p className="lead">{workflow.description || text.workflows.noDescription}</p>
        <Facts workflow={workflow} />
        {!published && <Notice tone="ask"><p>{words.notPublished}</p></Notice>}
        {workflow.problems.length > 0 && (
          <Notice tone="bad" title={words.problems}>
            <ul>{workflow.problems.map((problem, index) => <li key={index}>{problem.message}</li>)}</ul>
          </Notice>
        )}
      </header>
      <Picture workflow={workflow} />
      <Ports title={words.inputs} none={words.noInputs} ports={workflow.inputs as readonly Port[]} given />
      <Ports title={words.outputs} none={words.noOutputs} ports={workflow.outputs as readonly Port[]} />
      <Runs name={workflow.name} />
    </div>
  );
}

function Facts({ workflow }: { workflow: Workflow }) {
  return (
    <p className="facts">
      {workflow.category && <span className="chip">{workflow.category}</span>}
      {workflow.company && <span>{workflow.company}</span>}
      <code>{workflow.name}</code>
      <span>{`${text.workflows.version} ${workflow.published_version ?? workflow.version}`}</span>
      {workflow.published_version === null && <Badge tone="off">{text.workflows.unpublished}</Badge>}
      <span>
        {workflow.author && `${words.savedBy(workflow.author)}, `}
        <When at={workflow.saved_at} />
      </span>
    </p>
  );
}

/** Its own picture if somebody gave one, and that of its graph. */
function Picture({ workflow }: { workflow: Workflow }) {
  const name = workflow.name;
  const title = workflow.title || name;
  const document = useLoad(`document/${name}/${workflow.version}`, (signal) => api.get("/api/v1/workflows/{name}/document", { path: { name }, query: { form: "json" }, signal }));
  const services = useLoad("services/titles", async (signal) => (await api.get("/api/v1/services", { query: { limit: 1000 }, signal })).items);
  const titles = new Map((services.data ?? []).map((one) => [one.uri, one.title]));
  return (
    <>
      {workflow.picture && <img className="picture" src={`/api/v1/workflows/${encodeURIComponent(name)}/picture?${workflow.picture}`} alt={words.picture(title)} />}
      {document.data !== undefined && (
        <figure className="card graph-card">
          <Suspense fallback={<Skeleton />}>
            <Graph document={document.data} label={words.graph(title)} titles={titles} />
          </Suspense>
        </figure>
      )}
    </>
  );
}

function Ports({ title, none, ports, given = false }: { title: string; none: string; ports: readonly Port[]; given?: boolean }) {
  return (
    <section>
      <h2>{title}</h2>
      {ports.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <div className="card">
          <TableFrame label={title}>
            <thead>
              <tr>
                <th>{words.value}</th>
                <th>{words.type}</th>
                {given && <th>{words.rules}</th>}
                {given && <th>{words.byDefault}</th>}
              </tr>
            </thead>
            <tbody>{ports.map((port) => <PortRow key={port.name} port={port} given={given} />)}</tbody>
          </TableFrame>
        </div>
      )}
    </section>
  );
}

function PortRow({ port, given }: { port: Port; given: boolean }) {
  const kind = text.workflows.kinds[typeOf(port)] ?? typeOf(port);
  return (
    <tr>
      <td>
        <strong>{port.title ?? port.name}</strong>
        {port.description && <p className="muted small">{port.description}</p>}
      </td>
      <td>
        {port.many ? words.many(kind) : kind}
        {!given && port.unit ? ` (${port.unit})` : ""}
      </td>
      {given && <td>{typeOf(port) === "choice" ? (port.choices ?? []).join(", ") : hintOf(port)}</td>}
      {given && <td>{port.default !== undefined && typeOf(port) !== "secret" ? <code>{port.default}</code> : <span className="muted">{mustBeGiven(port) ? words.must : words.may}</span>}</td>}
    </tr>
  );
}

function Runs({ name }: { name: string }) {
  const runs = useLoad(`runs-of/${name}`, async (signal) => (await api.get("/api/v1/runs", { query: { workflow: name, limit: LAST_RUNS }, signal })).items);
  useNews(() => void runs.reload(), undefined, 1000);
  return (
    <section aria-label={words.runs}>
      <h2>{words.runs}</h2>
      {runs.data && runs.data.length > 0 ? (
        <ul className="run-rows card">{runs.data.map((run) => <RunRow key={run.id} run={run} titled={false} />)}</ul>
      ) : runs.data ? (
        <Empty title={words.noRuns} />
      ) : runs.error ? (
        <Trouble error={runs.error} onRetry={() => void runs.reload()} />
      ) : (
        <Skeleton />
      )}
    </section>
  );
}
