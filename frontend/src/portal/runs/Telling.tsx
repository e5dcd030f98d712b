/** What went wrong with a run, in words, and what a person can do about it. */
import { useState } from "react";
import { api, wordsOf } from "../../api/client";
import { useMe } from "../../api/session";
import { Button, Notice, toast } from "../../kit";
import { text } from "../../messages/en";
import { isResumable, mayRepeat, undecided, type Run, type Step } from "./model/run";
import { Resume } from "./Resume";

const words = text.runs;

export function Telling({ run, may, onChanged }: { run: Run; may: boolean; onChanged: () => void }) {
  const rights = useMe()?.rights;
  const [resuming, setResuming] = useState(false);
  return (
    <div className="stack" id="telling">
      {run.failure && run.state !== "succeeded" && <Failure run={run}>
        {mayRepeat(run, rights) && isResumable(run) && <p><Button small kind="primary" onClick={() => setResuming(true)}>{words.resume}</Button></p>}
      </Failure>}
      {undecided(run).map((step) => <Undecided key={step.id} run={run} step={step} may={may} onChanged={onChanged} />)}
      {resuming && <Resume run={run} onClose={() => setResuming(false)} />}
    </div>
  );
}

function Failure({ run, children }: { run: Run; children: React.ReactNode }) {
  const step = run.steps.find((one) => one.id === run.failure?.step);
  const title = run.state === "aborted" ? words.wasAborted : run.state === "failing" ? words.isFailing : run.state === "failed" ? words.hasFailed : words.isFailing;
  return (
    <Notice tone={run.state === "aborted" ? "ask" : "bad"} title={title} alert={run.state !== "aborted"}>
      {step && <p>{words.failedAt(step.name)}</p>}
      <p className="said">{run.failure?.message}</p>
      {children}
    </Notice>
  );
}

function Undecided({ run, step, may, onChanged }: { run: Run; step: Step; may: boolean; onChanged: () => void }) {
  const [busy, setBusy] = useState("");
  const decide = async (decision: "again" | "give-up") => {
    setBusy(decision);
    try {
      await api.post("/api/v1/runs/{run}/steps/{number}/decision", { path: { run: run.id, number: step.number }, body: { decision } });
      onChanged();
    } catch (error) {
      toast(wordsOf(error));
    } finally {
      setBusy("");
    }
  };
  return (
    <Notice tone="ask" title={words.decide(step.name)}>
      <p className="said">{step.failure?.message ?? (step.note || words.decideWhy)}</p>
      <p>{words.decideHint(step.operation)}</p>
      {may && (
        <p className="row">
          <Button kind="primary" busy={busy === "again"} onClick={() => void decide("again")}>{words.decideAgain}</Button>
          <Button busy={busy === "give-up"} onClick={() => void decide("give-up")}>{words.decideGiveUp}</Button>
        </p>
      )}
    </Notice>
  );
}
