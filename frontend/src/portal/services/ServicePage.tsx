/** One service: what it takes and gives, how it stands, who uses it, and its versions. */
import { useState } from "react";
import { api } from "../../api/client";
import { useLoad } from "../../api/load";
import { everything } from "../../api/pages";
import { useMe } from "../../api/session";
import { Button, Skeleton, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { ago, exactly } from "../../messages/words";
import { Link, type Params } from "../router";
import { useTitle } from "../title";
import { HealthHistory } from "./HealthHistory";
import { HealthBadge, KindChip } from "./marks";
import { PortTable } from "./PortTable";
import { differences, type Service as Entry } from "./said";
import { Edit, Refresh, Retire } from "./Tending";
import { TryIt } from "./TryIt";
import "./services.css";

const words = text.services.one;
const DIALOGS = { refresh: Refresh, edit: Edit, retire: Retire };

export default function Service({ params }: { params: Params }) {
  const name = params.name ?? "";
  const found = useLoad(`service ${name}`, (signal) => api.get("/api/v1/services/{name}", { path: { name }, signal }));
  const service = found.data;
  useTitle([service?.title, name].find(Boolean) ?? "");
  return (
    <>
      <p className="crumbs"><Link to="/services">{text.services.title}</Link></p>
      {found.error !== undefined && !service && (
        <>
          <h1>{name}</h1>
          <Trouble error={found.error} onRetry={() => void found.reload()} />
        </>
      )}
      {!service && found.loading && <Skeleton lines={6} />}
      {service && <Shown service={service} onChanged={() => void found.reload()} />}
    </>
  );
}

function Shown({ service, onChanged }: { service: Entry; onChanged: () => void }) {
  const mayDevelop = useMe()?.rights.includes("develop") ?? false;
  const [dialog, setDialog] = useState<keyof typeof DIALOGS | null>(null);
  const Asked = dialog ? DIALOGS[dialog] : null;
  return (
    <>
      <div className="page-head">
        <div className="stack">
          <h1>{service.title || service.name}</h1>
          <p className="row">
            <HealthBadge health={service.health} /> <KindChip kind={service.kind} />
            <span className="mono muted small">{service.name}</span>
            {service.category && <span className="muted small">{service.category}</span>}
            {service.company && <span className="muted small">{service.company}</span>}
          </p>
        </div>
        {mayDevelop && (
          <div className="row">
            <Button onClick={() => setDialog("refresh")}>{words.refresh}</Button>
            <Button onClick={() => setDialog("edit")}>{words.edit}</Button>
            <Button kind="danger" onClick={() => setDialog("retire")}>{words.retire}</Button>
          </div>
        )}
      </div>
      {service.description && <p className="lead">{service.description}</p>}
      <div className="columns">
        <div className="stack">
          <section className="card panel">
            <h2>{words.inputs}</h2>
            <PortTable side="inputs" ports={service.inputs} corrections={service.corrections} />
            <h2>{words.outputs}</h2>
            <PortTable side="outputs" ports={service.outputs} corrections={service.corrections} />
          </section>
          <TryIt key={`${service.name} ${service.version}`} service={service} />
          <Versions service={service} />
        </div>
        <div className="stack">
          <HealthPanel service={service} />
          {mayDevelop && <UsedBy service={service} />}
          <Details service={service} />
        </div>
      </div>
      {Asked && (
        <Asked
          service={service}
          onClose={() => setDialog(null)}
          onDone={() => {
            setDialog(null);
            onChanged();
          }}
        />
      )}
    </>
  );
}

function When({ at }: { at: string }) {
  return <time dateTime={at} title={exactly(at)}>{ago(at, new Date())}</time>;
}

function HealthPanel({ service }: { service: Entry }) {
  const health = service.health;
  const wordsOf = text.services.health;
  return (
    <section className="card panel">
      <h2>{wordsOf.title}</h2>
      <p><HealthBadge health={health} /></p>
      <p className="muted small">{wordsOf.hints[health?.state ?? "unknown"]}</p>
      {health && (
        <>
          {health.reason && <p>{health.reason}</p>}
          {health.changes.length > 0 && <ul className="bullets">{health.changes.map((one) => <li key={one}>{one}</li>)}</ul>}
          <dl className="facts">
            <dt>{wordsOf.since}</dt><dd><When at={health.since} /></dd>
            <dt>{wordsOf.checked}</dt><dd><When at={health.checked_at} /></dd>
            <dt>{wordsOf.seen}</dt><dd>{health.seen_at ? <When at={health.seen_at} /> : wordsOf.never}</dd>
          </dl>
        </>
      )}
      <HealthHistory service={service} />
    </section>
  );
}

/** What would break without the service is what uses it. */
function UsedBy({ service }: { service: Entry }) {
  const found = useLoad(`used ${service.name} ${service.version}`, (signal) =>
    api.delete("/api/v1/services/{name}", { path: { name: service.name }, query: { dry_run: true }, signal }),
  );
  if (found.error !== undefined) return null; // a shared one, which others tend
  const data = found.data;
  return (
    <section className="card panel">
      <h2>{words.usedBy}</h2>
      {!data ? <Skeleton lines={2} /> : (
        <>
          {data.breaks.length === 0 && data.breaks_elsewhere === 0 && <p className="muted">{words.usedByNobody}</p>}
          <ul className="stack">
            {data.breaks.map((one) => (
              <li key={`${one.workflow} ${one.version}`}>
                <Link to={`/workflows/${encodeURIComponent(one.workflow)}`}>{one.workflow}</Link> {!one.published && <span className="chip">{words.draft}</span>}
              </li>
            ))}
          </ul>
          {data.breaks_elsewhere > 0 && <p className="muted">{words.usedElsewhere(data.breaks_elsewhere)}</p>}
        </>
      )}
    </section>
  );
}

function Details({ service }: { service: Entry }) {
  return (
    <section className="card panel">
      <h2>{words.details}</h2>
      <dl className="facts">
        <dt>{words.operation}</dt><dd className="mono">{service.operation}</dd>
        <dt>{words.wsdl}</dt><dd className="mono">{service.wsdl}</dd>
        <dt>{words.uri}</dt><dd className="mono">{service.uri}</dd>
        <dt>{words.project}</dt><dd>{service.project === "shared" ? words.shared : service.project}</dd>
        <dt>{words.mostRuns}</dt><dd>{service.most_runs ?? words.anyNumber}</dd>
      </dl>
      {service.repeatable && <p className="muted small">{words.repeatable}.</p>}
      {service.at_most_once && <p className="muted small">{words.atMostOnce}.</p>}
    </section>
  );
}

function Versions({ service }: { service: Entry }) {
  const found = useLoad(`versions ${service.name} ${service.version}`, (signal) =>
    everything((query) => api.get("/api/v1/services/{name}/versions", { path: { name: service.name }, query, signal })),
  );
  const items = found.data?.items ?? [];
  return (
    <section className="card panel">
      <h2>{words.versions}</h2>
      {found.error !== undefined && <Trouble error={found.error} onRetry={() => void found.reload()} />}
      <ol className="stack">
        {items.map((one, index) => {
          const before = items[index + 1];
          const changes = before ? differences(before, one) : null;
          return (
            <li key={one.version}>
              <strong>{words.version(one.version)}</strong> <span className="muted small">{words.registered} <When at={one.registered_at} /></span>
              {changes && (changes.length ? <ul className="bullets small">{changes.map((change) => <li key={change}>{change}</li>)}</ul> : <p className="muted small">{words.same}</p>)}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
