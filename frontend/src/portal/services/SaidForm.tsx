/** What is said of a service besides its WSDL, in a form: when it is registered, and later. */
import type { ReactNode } from "react";
import { Field, Input, Select, TextArea, Tick } from "../../kit";
import { text } from "../../messages/en";
import { Correcting } from "./Correcting";
import { KINDS, limitOf, type Corrections, type Kind, type Port } from "./said";

const words = text.services.form;

/** The fields of the form, as they are typed. */
export interface Typed {
  kind: Kind;
  title: string;
  description: string;
  category: string;
  company: string;
  mostRuns: string;
  repeatable: boolean;
  uri: string;
  corrections: Corrections;
}

interface Props {
  typed: Typed;
  onChange: (change: Partial<Typed>) => void;
  inputs: readonly Port[];
  outputs: readonly Port[];
  /** What the ports owe to earlier corrections. */
  said?: Corrections;
  /** The kind that the WSDL tells. */
  recognised?: Kind | undefined;
  /** Not for who may see only this project. */
  categories: readonly string[];
  companies: readonly string[];
  uriHint: string;
  children?: ReactNode;
}

export function SaidForm({ typed, onChange, inputs, outputs, said = {}, recognised, categories, companies, uriHint, children }: Props) {
  const badLimit = limitOf(typed.mostRuns) === undefined;
  return (
    <>
      <div className="two">
        <Field label={words.kind} hint={recognised && recognised !== typed.kind ? words.recognised(text.services.kinds[recognised]) : text.services.kindHints[typed.kind]}>
          {(tied) => (
            <Select
              {...tied}
              value={typed.kind}
              onChange={(kind) => onChange({ kind: kind as Kind })}
              choices={KINDS.map((kind) => ({ value: kind, label: kind === recognised ? words.asRecognised(text.services.kinds[kind]) : text.services.kinds[kind] }))}
            />
          )}
        </Field>
        <Field label={words.name} optional hint={words.nameHint}>
          {(tied) => <Input {...tied} value={typed.title} onChange={(title) => onChange({ title })} maxLength={200} />}
        </Field>
      </div>
      <Field label={words.description} optional>
        {(tied) => <TextArea {...tied} rows={3} value={typed.description} onChange={(description) => onChange({ description })} maxLength={10_000} />}
      </Field>
      <div className="two">
        <Field label={words.category} optional>
          {(tied) => <Suggested tied={tied} value={typed.category} onChange={(category) => onChange({ category })} choices={categories} />}
        </Field>
        <Field label={words.company} optional>
          {(tied) => <Suggested tied={tied} value={typed.company} onChange={(company) => onChange({ company })} choices={companies} />}
        </Field>
        <Field label={words.mostRuns} optional hint={words.mostRunsHint} error={badLimit ? words.mostRunsBad : undefined}>
          {(tied) => <Input {...tied} inputMode="numeric" value={typed.mostRuns} onChange={(mostRuns) => onChange({ mostRuns })} />}
        </Field>
        <Field label={words.uri} optional hint={uriHint}>
          {(tied) => <Input {...tied} className="mono" spellCheck={false} value={typed.uri} onChange={(uri) => onChange({ uri })} maxLength={1000} />}
        </Field>
      </div>
      <Tick label={words.repeatable} hint={words.repeatableHint} checked={typed.repeatable} onChange={(repeatable) => onChange({ repeatable })} />
      {children}
      {inputs.length + outputs.length > 0 && (
        <div className="stack">
          <div>
            <h3>{words.ports}</h3>
            <p className="hint">{words.portsHint}</p>
          </div>
          <Correcting side="inputs" ports={inputs} said={said} corrections={typed.corrections} onChange={(corrections) => onChange({ corrections })} />
          <Correcting side="outputs" ports={outputs} said={said} corrections={typed.corrections} onChange={(corrections) => onChange({ corrections })} />
        </div>
      )}
    </>
  );
}

interface SuggestedProps {
  tied: { id: string };
  value: string;
  onChange: (value: string) => void;
  choices: readonly string[];
}

/** A text, with those that others have used offered. */
function Suggested({ tied, value, onChange, choices }: SuggestedProps) {
  const list = `${tied.id}-list`;
  return (
    <>
      <Input {...tied} list={list} value={value} onChange={onChange} maxLength={200} />
      <datalist id={list}>{choices.map((one) => <option key={one} value={one} />)}</datalist>
    </>
  );
}
