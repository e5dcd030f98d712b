/** The fields of a form that is made of ports: those that few people need are folded away. */
import { useState } from "react";
import { entry } from "../graph/document";
import { Notice } from "../kit";
import { text } from "../messages/en";
import { labelOf, PortField } from "./PortField";
import type { Port } from "./rules";
import type { Form } from "./useForm";
import "./inputs.css";

const words = text.workflows.form;

interface Props {
  readonly ports: readonly Port[];
  readonly form: Form;
  /** What the ids of the fields begin with. */
  readonly id: string;
  /** What was given to a port in earlier runs. */
  readonly earlier?: (port: string) => readonly string[];
}

export function InputFields({ ports, form, id, earlier }: Props) {
  // Once unfolded it stays so: who puts the last wrong field right is still in it.
  const [unfolded, setUnfolded] = useState(false);
  const field = (port: Port) => (
    <PortField
      key={port.name}
      port={port}
      id={fieldId(id, port)}
      value={entry(form.texts, port.name) ?? ""}
      error={entry(form.errors, port.name)}
      earlier={port.type === "secret" ? [] : (earlier?.(port.name) ?? [])}
      onChange={(value) => form.set(port.name, value)}
      onLeave={() => form.leave(port.name)}
      onUpload={(state) => form.upload(port.name, state)}
    />
  );
  const advanced = ports.filter((port) => port.advanced);
  return (
    <>
      {ports.filter((port) => !port.advanced).map(field)}
      {ports.length === 0 && <p>{words.none}</p>}
      {advanced.length > 0 && (
        <details className="more" open={unfolded || advanced.some((port) => entry(form.errors, port.name))} onToggle={(event) => setUnfolded(event.currentTarget.open)}>
          <summary>{words.advanced}</summary>
          <div className="stack">{advanced.map(field)}</div>
        </details>
      )}
    </>
  );
}

/** Says which fields are wrong, each with a way to it. */
export function WrongFields({ ports, form, id }: Omit<Props, "earlier">) {
  const wrong = ports.filter((port) => entry(form.errors, port.name));
  if (wrong.length === 0) return null;
  return (
    <Notice tone="bad" alert title={words.summary(wrong.length)}>
      <ul>
        {wrong.map((port) => (
          <li key={port.name}>
            <a
              href={`#${fieldId(id, port)}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(fieldId(id, port))?.focus();
              }}
            >
              {labelOf(port)}
            </a>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function fieldId(id: string, port: Port): string {
  return `${id}-${port.name}`;
}
