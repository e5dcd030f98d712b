/** What a change of a service is, and what it breaks: shown before it is applied. */
import type { Schemas } from "../../api/client";
import { Notice } from "../../kit";
import { text } from "../../messages/en";
import { Link } from "../router";

const words = text.services.change;

/** What would change, or end. */
export interface Damage {
  readonly breaks: readonly Schemas["BreakAnswer"][];
  readonly breaks_elsewhere: number;
}

export function breaksAny(damage: Damage): boolean {
  return damage.breaks.length > 0 || damage.breaks_elsewhere > 0;
}

/** Tells whether the platform refuses the change unless it is insisted on. */
export function breaksPublished(damage: Damage): boolean {
  return damage.breaks.some((one) => one.published) || damage.breaks_elsewhere > 0;
}

export function Changes({ changes }: { changes: readonly Schemas["Remark"][] }) {
  return (
    <div>
      <h3>{words.changes}</h3>
      <ul className="bullets">
        {changes.map((one) => <li key={`${one.place} ${one.message}`}>{one.message}</li>)}
      </ul>
    </div>
  );
}

export function Breaks({ damage }: { damage: Damage }) {
  if (!breaksAny(damage)) return <Notice tone="good" title={words.breaksNothing} />;
  return (
    <Notice tone="bad" title={words.breaks}>
      <ul className="bullets">
        {damage.breaks.map((one) => (
          <li key={`${one.workflow} ${one.version}`}>
            <Link to={`/workflows/${encodeURIComponent(one.workflow)}`}>{one.workflow}</Link>{" "}
            <span className="muted">({one.published ? words.published : text.services.one.draft})</span>
            {one.problems.map((problem) => <p key={problem.place + problem.code} className="small">{problem.message}</p>)}
          </li>
        ))}
        {damage.breaks_elsewhere > 0 && <li>{words.elsewhere(damage.breaks_elsewhere)}</li>}
      </ul>
    </Notice>
  );
}
