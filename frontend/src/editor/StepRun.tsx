/** What a step was given and gave in the run that is shown. */
import type { ReactNode } from "react";
import type { Step } from "../run-states/states";
import { stepWords } from "../run-states/states";
import { pointed } from "../run-states/values";
import { editor } from "../messages/en/editor";

const text = editor.run;

export function StepRun({ step }: { step: Step }) {
  return (
    <section className="step-run stack" aria-label={text.ofThisStep}>
      <h3>{text.ofThisStep}</h3>
      <p className="small">{stepWords(step).word}{step.note !== "" && ` · ${step.note}`}</p>
      {step.failure && <p className="error-text small">{step.failure.message}</p>}
      <Table title={text.inputs} values={step.inputs} />
      <Table title={text.outputs} values={step.outputs} />
    </section>
  );
}

function Table({ title, values }: { title: string; values: Readonly<Record<string, string>> }): ReactNode {
  const all = Object.entries(values);
  if (all.length === 0) return null;
  return (
    <div>
      <h4>{title}</h4>
      <dl className="step-values small">
        {all.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value === "" ? <span className="muted">{text.empty}</span> : pointed(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
