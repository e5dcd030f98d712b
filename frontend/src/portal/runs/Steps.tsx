/** The steps of a run, in the order in which they were begun. */
import { useState } from "react";
import { Badge, Button, Progress } from "../../kit";
import { text } from "../../messages/en";
import { exactly } from "../../messages/words";
import { Link } from "../router";
import { isOver, stepIsOver, stepWords } from "../../run-states/states";
import { placeOf } from "../../run-states/nodes";
import type { Message, Port, Run, Step } from "./model/run";
import { Elapsed, When } from "../Time";
import { Values } from "./Values";

const words = text.runs;
/** Of more steps, the newest are shown first. */
const SHOWN = 60;

export interface Ports {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

interface Props {
  run: Run;
  /** Steps whose pages are on the stage. */
  shown: readonly number[];
  chosen: number | null;
  onChoose: (step: number) => void;
  portsOf: (service: string) => Ports;
}

export function Steps({ run, shown, chosen, onChoose, portsOf }: Props) {
  const [all, setAll] = useState(false);
  if (run.steps.length === 0) return <p className="card empty">{isOver(run) ? words.noSteps : words.soon}</p>;
  const steps = all ? run.steps : run.steps.slice(-SHOWN);
  return (
    <>
      {steps.length < run.steps.length && (
        <Button small onClick={() => setAll(true)}>{words.allSteps(run.steps.length)}</Button>
      )}
      <ol className="steps card">
        {steps.map((step) => (
          <OneStep
            key={step.id}
            run={run}
            step={step}
            isShown={shown.includes(step.number)}
            isChosen={chosen === step.number}
            onChoose={onChoose}
            ports={portsOf(step.service)}
          />
        ))}
      </ol>
    </>
  );
}

interface StepProps {
  run: Run;
  step: Step;
  isShown: boolean;
  isChosen: boolean;
  onChoose: (step: number) => void;
  ports: Ports;
}

function OneStep({ run, step, isShown, isChosen, onChoose, ports }: StepProps) {
  const look = stepWords(step);
  const { iterations } = placeOf(step.key);
  const where = [iterations.length > 0 ? words.iteration(iterations) : "", step.attempt > 1 ? words.attempt(step.attempt) : ""].filter(Boolean);
  const goesOn = !stepIsOver(step);
  const said = run.messages.filter((message) => message.step === step.id);
  return (
    <li className={isChosen ? "step chosen" : "step"} id={`step-${step.number}`}>
      <div className="row spread">
        <strong>{step.name}</strong>
        <span className="row small"><Badge tone={look.tone}>{look.word}</Badge> <Elapsed from={step.started_at} to={step.ended_at} /></span>
      </div>
      {where.length > 0 && <p className="muted small">{where.join(" · ")}</p>}
      {goesOn && typeof step.progress === "number" && (
        <p className="measure">
          <Progress value={step.progress} label={words.progressOf(step.name)} /> <span className="small tabular">{words.percent(step.progress)}</span>
        </p>
      )}
      {step.failure && step.failure.message !== run.failure?.message && <p className="said small">{step.failure.message}</p>}
      {step.note && <p className="muted small">{step.note}</p>}
      {step.retry_at && <p className="muted small">{words.retryAt(exactly(step.retry_at))}</p>}
      {step.passed_over && <p className="muted small">{words.passedOver}</p>}
      {step.taken_from && (
        <p className="muted small"><Link to={`/runs/${step.taken_from.split("_")[0] ?? ""}`}>{words.takenOver}</Link></p>
      )}
      <Said messages={said} />
      <div className="row small">
        {step.page_tag && (isShown ? <span className="muted">{words.shownPage}</span> : <Button small kind="quiet" onClick={() => onChoose(step.number)}>{words.showPage}<span className="hidden">: {step.name}</span></Button>)}
      </div>
      <Details step={step} ports={ports} />
    </li>
  );
}

function Details({ step, ports }: { step: Step; ports: Ports }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="small" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="muted">{words.more}<span className="hidden">: {step.name}</span></summary>
      {open && (
        <div className="stack step-values">
          <Group title={words.inputs} ports={ports.inputs} values={step.inputs} />
          <Group title={words.outputs} ports={ports.outputs} values={step.outputs} />
          <div>
            <span className="muted">{words.service}</span> <code>{step.operation}</code>
          </div>
          {step.folder && <div><span className="muted">{words.folder}</span> <code>{step.folder}</code></div>}
        </div>
      )}
    </details>
  );
}

function Group({ title, ports, values }: { title: string; ports: readonly Port[]; values: Readonly<Record<string, string>> }) {
  return (
    <div>
      <span className="muted">{title}</span>
      {Object.keys(values).length > 0 ? <Values ports={ports} values={values} rich /> : <p className="muted">{words.noValues}</p>}
    </div>
  );
}

function Said({ messages }: { messages: readonly Message[] }) {
  if (messages.length === 0) return null;
  return (
    <ul className="said-to small">
      {messages.map((message, index) => (
        <li key={index}>
          <span className="muted">{message.by}{message.from_page && words.throughPage} <When at={message.at} />:</span> {message.text}
          {message.answer === null ? <span className="muted"> → {words.noAnswer}</span> : !["", "OK"].includes(message.answer) && <span className="muted"> → {message.answer}</span>}
        </li>
      ))}
    </ul>
  );
}
