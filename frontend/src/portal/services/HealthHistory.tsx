/** When a service was there lately and when not: a strip of time, and the same in words. */
import { api } from "../../api/client";
import { useLoad } from "../../api/load";
import { text } from "../../messages/en";
import { ago, duration, exactly } from "../../messages/words";
import { beginOf, shareThere, spansOf, type Span } from "./history";
import type { Service } from "./said";
import "./health_history.css";

const words = text.services.health;
const SHOWN = 5;

export function HealthHistory({ service }: { service: Service }) {
  const found = useLoad(`health ${service.name} ${service.health?.state ?? ""}`, (signal) =>
    api.get("/api/v1/services/{name}/health", { path: { name: service.name }, signal }),
  );
  const changes = found.data?.items ?? [];
  if (changes.length === 0) return null;
  const now = Date.now();
  const from = beginOf(changes, now);
  const spans = spansOf(changes, from, now);
  const began = ago(new Date(from), new Date(now));
  const since = exactly(new Date(from));
  return (
    <div className="health-history">
      <h3>{words.lately}</h3>
      <div className="health-strip" role="img" aria-label={words.strip(shareThere(spans), since)}>
        {spans.map((span) => (
          <span key={span.from} className={span.state} style={{ flexGrow: span.to - span.from }} title={titleOf(span, now)} />
        ))}
      </div>
      <p className="row spread muted small" aria-hidden="true"><span>{began}</span><span>{words.now}</span></p>
      <p className="small">{words.share(shareThere(spans), since)}</p>
      {spans.length > 1 && (
        <ul className="stack small">
          {spans.toReversed().slice(0, SHOWN).map((span) => (
            <li key={span.from}>
              <strong className={`health-word ${span.state}`}>{words[span.state]}</strong>{" "}
              <span className="muted">{words.span(exactly(new Date(span.from)), lengthOf(span), span.to === now)}</span>
              {span.reason && <span className="muted"> {span.reason}</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function lengthOf(span: Span): string {
  return duration((span.to - span.from) / 1000);
}

function titleOf(span: Span, now: number): string {
  return `${words[span.state]} ${words.span(exactly(new Date(span.from)), lengthOf(span), span.to === now)}`;
}
