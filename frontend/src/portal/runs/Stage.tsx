/** The status pages of a run: those of all steps that go on, side by side. */
import { useState, type SyntheticEvent } from "react";
import { api, wordsOf } from "../../api/client";
import { Button, Input, Progress, toast } from "../../kit";
import { text } from "../../messages/en";
import { stepIsOver } from "../../run-states/states";
import { listening, type Run, type Step } from "./model/run";
import { StatusFrame } from "./StatusFrame";

const words = text.runs;

interface Props {
  run: Run;
  steps: readonly Step[];
  /** Whether the visitor chose this page, instead of what goes on. */
  isChosen: boolean;
  onLeave: () => void;
  mayTell: boolean;
}

export function Stage({ run, steps, isChosen, onLeave, mayTell }: Props) {
  const heard = mayTell ? listening(run) : [];
  const silent = heard.filter((step) => !steps.some((one) => one.id === step.id));
  return (
    <section className="stage" aria-labelledby="stage-title">
      <div className="row spread">
        <h2 id="stage-title">{words.stage}</h2>
        {isChosen && <Button small kind="quiet" onClick={onLeave}>{words.showAll}</Button>}
      </div>
      <div id="frame-place" className={steps.length > 1 ? "frames many" : "frames"}>
        {steps.map((step) => (
          <article key={step.id} className={step.waits ? "frame card asks" : "frame card"} aria-label={words.pageOf(step.name)}>
            <header className="row spread">
              <strong>{step.name}</strong>
              {!stepIsOver(step) && typeof step.progress === "number" && (
                <span className="measure"><Progress value={step.progress} label={words.progressOf(step.name)} /><span className="small tabular">{words.percent(step.progress)}</span></span>
              )}
            </header>
            {/* From the beginning: what came later would push the page away from under the pointer. */}
            {step.kind === "application" && !stepIsOver(step) && <p className="asked">{words.answerHere}</p>}
            <StatusFrame run={run.id} step={step} />
            {heard.some((one) => one.id === step.id) && <Tell run={run.id} step={step} />}
          </article>
        ))}
      </div>
      {silent.map((step) => <Tell key={step.id} run={run.id} step={step} />)}
      {steps.length > 0 && <p className="muted small">{words.hostile}</p>}
    </section>
  );
}

function Tell({ run, step }: { run: string; step: Step }) {
  const [message, setMessage] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy || !message.trim()) return;
    setBusy(true);
    try {
      const { answer } = await api.post("/api/v1/runs/{run}/steps/{number}/messages", { path: { run, number: step.number }, body: { message, from_page: false } });
      setMessage("");
      toast(["", "OK"].includes(answer) ? words.said : words.answered(answer));
    } catch (error) {
      toast(words.notDelivered(wordsOf(error)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <details className="tell">
      <summary>{words.tell(step.name)}</summary>
      <form className="row" onSubmit={(event) => void submit(event)}>
        <Input aria-label={words.tellLabel(step.name)} autoComplete="off" maxLength={2000} value={message} onChange={setMessage} />
        <Button type="submit" busy={busy}>{words.send}</Button>
      </form>
    </details>
  );
}
