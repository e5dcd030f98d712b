/** One run in a short list: what, when, how it stands. */
import type { Schemas } from "../api/client";
import { Badge, Progress } from "../kit";
import { text } from "../messages/en";
import { Link } from "./router";
import { stateWords } from "../run-states/states";
import { Elapsed, When } from "./Time";

type Run = Schemas["RunAnswer"];
const OVER = ["succeeded", "failed", "aborted"];

/** The newest step that goes on. */
export function currentStep(run: Run): Run["steps"][number] | undefined {
  return run.steps.findLast((step) => !OVER.includes(step.state));
}

export function RunRow({ run, titled = true }: { run: Run; titled?: boolean }) {
  const look = stateWords(run);
  const step = currentStep(run);
  const title = run.title || run.workflow;
  return (
    <li className="run-row">
      <Link to={`/runs/${run.id}`} aria-label={text.workflows.runLabel(title, look.word)} />
      <span className="run-what">
        {titled && <strong className="clip">{title}</strong>}
        <span className="muted small">
          {run.trial && `${text.runs.trial[run.trial]} · `}{run.owner} · <When at={run.created_at} />
        </span>
      </span>
      <span className="run-how">
        {step?.progress !== null && step?.progress !== undefined ? (
          <>
            <Progress value={step.progress} label={step.name} />
            <span className="muted small clip">{step.name}</span>
          </>
        ) : run.failure ? (
          <span className="small clip">{run.failure.message}</span>
        ) : null}
      </span>
      <span className="run-state">
        <Badge tone={look.tone}>{look.word}</Badge>
        <span className="muted small">
          <Elapsed from={run.started_at} to={run.ended_at} />
        </span>
      </span>
    </li>
  );
}
