/** The whole story of a run, for who comes later: who did what, what was said, who was told. */
import { api, type Schemas } from "../../api/client";
import { useLoad } from "../../api/load";
import { Skeleton, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { exactly } from "../../messages/words";
import { placeOf } from "../../run-states/nodes";
import type { Run } from "./model/run";
import { storyOf, type Chapter } from "./model/story";

const words = text.runs;
/** Requests; a run of very many steps is not told to its last record. */
const MOST_PIECES = 20;

async function historyOf(run: string, signal: AbortSignal) {
  const found: Schemas["HappenedAnswer"][] = [];
  for (let piece = 0; piece < MOST_PIECES; piece += 1) {
    const after = found.at(-1)?.id ?? 0;
    const { items } = await api.get("/api/v1/runs/{run}/history", { path: { run }, query: { after }, signal });
    found.push(...items);
    if (items.length === 0) break;
  }
  return found;
}

export function Story({ run }: { run: Run }) {
  // What happened is asked for again whenever the run stands differently.
  const version = `${run.state}/${run.steps.length}/${run.steps.filter((step) => step.ended_at).length}`;
  const history = useLoad(`history/${run.id}/${version}`, (signal) => historyOf(run.id, signal));
  if (history.error) return <Trouble error={history.error} onRetry={() => void history.reload()} />;
  if (!history.data) return <Skeleton lines={3} />;
  return (
    <ol className="story">
      {storyOf(run, history.data).map((chapter, index) => (
        <li key={index}>
          <time className="muted small tabular" dateTime={chapter.at}>{exactly(chapter.at)}</time>
          <span><Sentence chapter={chapter} /></span>
        </li>
      ))}
    </ol>
  );
}

function Sentence({ chapter }: { chapter: Chapter }) {
  const said = words.chapters[chapter.what];
  const { step } = chapter;
  const name = step && `${step.name}${placeOf(step.key).iterations.length > 0 ? ` (${words.iteration(placeOf(step.key).iterations)})` : ""}${step.attempt > 1 ? `, ${words.attempt(step.attempt)}` : ""}`;
  return (
    <>
      {chapter.by ? <><strong>{chapter.by}</strong> {said}{name && <> (<em>{name}</em>)</>}</> : <>{name && <em>{name} </em>}{said}</>}
      {chapter.words && <>: <span className="said">{chapter.words}</span></>}
    </>
  );
}

/** Who is told of the run, and whether that has worked. */
export function Tellings({ run }: { run: Run }) {
  if (run.tell.length === 0) return null;
  return (
    <section aria-labelledby="told-title">
      <h2 id="told-title">{words.told}</h2>
      <ul className="card told">
        {run.tell.map((one, index) => (
          <li key={index}>
            <strong>{words.channels[one.channel]}</strong> {one.address && <code>{one.address}</code>}{" "}
            <span className="muted">{one.told.length > 0 ? one.told.map(toldWords).join(", ") : words.notYet}</span>
            {one.failure && <p className="muted small">{words.tellFailed(one.failure, one.given_up)}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function toldWords(told: string): string {
  const kind = told.split(":")[0];
  return kind === "waits" || kind === "undecided" ? words.tellings[kind] : words.tellings.ended;
}
