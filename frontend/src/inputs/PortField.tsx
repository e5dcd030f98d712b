/** One field of a start form: the control that fits the port. */
import { useId } from "react";
import { Field, Input, NumberField, Select, TextArea, Tick, tied, Words } from "../kit";
import { text } from "../messages/en";
import { decimal, stepped } from "./decimal";
import { entriesOf } from "./fields";
import { hintOf, mustBeGiven, typeOf, type Port } from "./rules";
import { UploadField, type UploadState } from "./UploadField";

const words = text.workflows.form;
const NUMBERS = ["integer", "decimal"];

interface Props {
  port: Port;
  id: string;
  value: string;
  error: string | undefined;
  /** What was given in earlier runs. */
  earlier: readonly string[];
  onChange: (value: string) => void;
  onLeave: () => void;
  onUpload: (state: UploadState) => void;
}

export function labelOf(port: Port): string {
  return port.title ?? port.name;
}

export function PortField(props: Props) {
  const { port, id, value, error, onChange, onLeave } = props;
  const hint = [port.description, hintFor(port)].filter(Boolean).join(" · ");
  if (typeOf(port) === "boolean" && !port.many) {
    return <Tick id={id} label={labelOf(port)} hint={hint} error={error} checked={["true", "1"].includes(value)} onChange={(ticked) => onChange(String(ticked))} />;
  }
  if (typeOf(port) === "choice" && port.many) return <Choices {...props} hint={hint} />;
  return (
    <Field id={id} label={labelOf(port)} hint={hint} error={error} optional={port.required === false} required={mustBeGiven(port)}>
      {(control) => <Control {...props} control={control} onLeave={onLeave} />}
    </Field>
  );
}

function hintFor(port: Port): string {
  const rules = hintOf(port);
  switch (typeOf(port)) {
    case "secret":
      return words.secretHint;
    case "date-time":
      return port.many ? `${rules}; ${words.lines}` : words.timeHint;
    case "file":
    case "folder":
    case "choice":
      return rules;
    default:
      return port.many ? `${rules}; ${typeOf(port) === "text" ? words.blocks : words.lines}` : rules;
  }
}

function Control({ port, value, control, earlier, onChange, onLeave, onUpload }: Props & { control: ReturnType<typeof tied> }) {
  const list = useId();
  const type = typeOf(port);
  if (type === "file" || type === "folder") {
    return <UploadField port={port} label={labelOf(port)} tied={control} value={value} onChange={onChange} onState={onUpload} />;
  }
  if (port.many) return <TextArea {...control} rows={4} value={value} onChange={onChange} onBlur={onLeave} />;
  const offered = earlier.filter((one) => one !== "" && one !== port.default);
  const known = offered.length > 0 ? { list } : {};
  const options = offered.length > 0 && (
    <datalist id={list}>
      {offered.map((one) => (
        <option key={one} value={one} />
      ))}
    </datalist>
  );
  if (NUMBERS.includes(type)) {
    const onStep = (times: number) => {
      const number = decimal(value);
      const step = decimal(port.step ?? (type === "integer" ? "1" : "0.1"));
      if (number && step) onChange(stepped(number, step, times));
    };
    return (
      <NumberField
        tied={control}
        value={value}
        onChange={onChange}
        onBlur={onLeave}
        onStep={onStep}
        unit={port.unit}
        minimum={port.minimum}
        maximum={port.maximum}
        step={port.step}
        whole={type === "integer"}
      />
    );
  }
  switch (type) {
    case "text":
      return <TextArea {...control} rows={6} value={value} onChange={onChange} onBlur={onLeave} />;
    case "choice": {
      const free = value === "" || port.required === false;
      const none = port.required === false ? words.noChoice : words.choose;
      const choices = [...(free ? [{ value: "", label: none }] : []), ...(port.choices ?? []).map((one) => ({ value: one, label: one }))];
      return <Select {...control} value={value} choices={choices} onChange={onChange} onBlur={onLeave} />;
    }
    case "date-time":
      return <Input {...control} type="datetime-local" step={1} value={value.trim().slice(0, 19).replace(" ", "T")} onChange={onChange} onBlur={onLeave} />;
    case "secret":
      return <Input {...control} type="password" autoComplete="off" spellCheck={false} value={value} onChange={onChange} onBlur={onLeave} />;
    default:
      return (
        <>
          <Input {...control} {...known} autoComplete="off" value={value} onChange={onChange} onBlur={onLeave} />
          {options}
        </>
      );
  }
}

function Choices({ port, id, value, error, hint, onChange }: Props & { hint: string }) {
  const chosen = entriesOf(port, value);
  const set = (choice: string, ticked: boolean) => {
    const next = (port.choices ?? []).filter((one) => (one === choice ? ticked : chosen.includes(one)));
    onChange(next.join("\n"));
  };
  return (
    <fieldset className="field" id={id} aria-describedby={tied(id, hint, error)["aria-describedby"]} tabIndex={-1}>
      <legend>{labelOf(port)}</legend>
      <div className="choices">
        {(port.choices ?? []).map((choice) => (
          <label key={choice}>
            <input type="checkbox" checked={chosen.includes(choice)} onChange={(event) => set(choice, event.target.checked)} /> {choice}
          </label>
        ))}
      </div>
      <Words id={id} hint={hint} error={error} />
    </fieldset>
  );
}
