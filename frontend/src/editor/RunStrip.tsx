/** The run that is shown on the canvas: how it stands, what came out, and the ways to stop it, open it and put it away. */
import { useEffect, useState } from "react";
import { api, wordsOf } from "../api/client";
import { useNews } from "../api/events";
import { useLoad } from "../api/load";
import { Button } from "../kit/controls";
import { Badge, Trouble } from "../kit/frames";
import { editor } from "../messages/en/editor";
import { concerns } from "../run-states/news";
import { isAbortable, isOver, stateWords, type Run } from "../run-states/states";
import { brief, pointed } from "../run-states/values";
import { titleOf } from "../graph-view/shape";
import { nodeOf } from "../graph/walking";
import { useEditing, useState_ } from "./context";
import { shownOf, type Watched } from "./shown";

const text = editor.run;

interface Props {
  readonly watched: Watched;
  readonly onClear: () => void;
}

export function RunStrip({ watched, onClear }: Props) {
  const { store } = useEditing();
  const { id } = watched;
  const found = useLoad(`run/${id}`, (signal) => api.get("/api/v1/runs/{run}", { path: { run: id }, signal }));
  const { data: run, reload } = found;
  useNews(() => void reload(), (news) => concerns(run, id, news));
  useEffect(() => store.set({ run: run ? shownOf(run, watched) : null }), [run, store, watched]);
  useEffect(() => () => store.set({ run: null }), [store]);
  const word = run ? stateWords(run).word : "";
  useEffect(() => {
    if (word !== "") store.say(text.standing(word));
  }, [store, word]);
  if (!run) return found.error ? <Trouble error={found.error} onRetry={() => void reload()} /> : null;
  return (
    <section className="run-strip" aria-label={text.label}>
      <Facts run={run} watched={watched} />
      <span className="row run-strip-tools">
        {isAbortable(run) && <Stop run={run} onStopped={() => void reload()} />}
        <a className="button small" href={`/runs/${id}`} target="_blank" rel="noreferrer">{text.open} ↗</a>
        {watched.what !== "run" && <Button small onClick={onClear}>{isOver(run) ? text.clear : text.hide}</Button>}
      </span>
    </section>
  );
}

function Facts({ run, watched }: { run: Run; watched: Watched }) {
  const changed = useState_((state) => watched.what === "draft" && state.history.now.doc !== watched.doc);
  const tried = useState_((state) => {
    const node = watched.uid === undefined ? undefined : nodeOf(watched.doc, watched.uid);
    return node ? titleOf(node, state.library) : "";
  });
  const look = stateWords(run);
  const what = watched.what === "step" ? text.ofStep(tried) : watched.what === "draft" ? run.trial === null ? text.ofPublished(watched.version) : text.ofDraft(watched.version) : text.ofRun(run.id.slice(0, 8));
  return (
    <p className="row run-strip-facts">
      <Badge tone={look.tone}>{look.word}</Badge>
      <span>{what}</span>
      {changed && <span className="muted small">{text.changed}</span>}
      {run.failure && <span className="error-text" role="alert">{run.failure.message}</span>}
      {Object.entries(run.outputs).map(([name, value]) => <span key={name} className="run-result" title={pointed(value)}>{name} = {brief(value)}</span>)}
    </p>
  );
}

function Stop({ run, onStopped }: { run: Run; onStopped: () => void }) {
  const { store } = useEditing();
  const [busy, setBusy] = useState(false);
  const stop = async () => {
    setBusy(true);
    try {
      await api.post("/api/v1/runs/{run}/abort", { path: { run: run.id } });
      onStopped();
    } catch (failure) {
      store.say(wordsOf(failure));
    } finally {
      setBusy(false);
    }
  };
  return <Button small kind="danger" busy={busy} onClick={() => void stop()}>{text.stop}</Button>;
}
