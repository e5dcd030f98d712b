/** The ports of a service, each of which can be put right. */
import { useState } from "react";
import { Button, Field, Input, Select } from "../../kit";
import { text } from "../../messages/en";
import { allowedOf, corrected, hasDefault, hasUnit, placeOf, saidOf, typesOf, withCorrection, type Correction, type Corrections, type Port, type Said, type Side } from "./said";

const words = text.services.form;

interface Props {
  side: Side;
  ports: readonly Port[];
  /** What the ports as given here owe to earlier corrections. */
  said: Corrections;
  corrections: Corrections;
  onChange: (corrections: Corrections) => void;
}

export function Correcting({ side, ports, said, corrections, onChange }: Props) {
  if (ports.length === 0) return null;
  return (
    <div className="port-list" role="group" aria-label={text.services.one[side]}>
      <p className="label">{text.services.one[side]}</p>
      {ports.map((port) => {
        const place = placeOf(side, port.name ?? "");
        return (
          <Row
            key={place}
            side={side}
            port={port}
            said={said[place] ?? {}}
            correction={corrections[place]}
            onChange={(next) => onChange(withCorrection(corrections, place, next))}
          />
        );
      })}
    </div>
  );
}

interface RowProps {
  side: Side;
  port: Port;
  said: Correction;
  correction: Correction | undefined;
  onChange: (correction: Correction) => void;
}

function Row({ side, port, said, correction, onChange }: RowProps) {
  const [open, setOpen] = useState(false);
  const asIs: Said = saidOf(port);
  const shown: Said = { ...asIs, ...present(correction) };
  const put = (field: keyof Said) => (value: string) => onChange(corrected(port, correction, field, value, said));
  const name = port.name ?? "";
  return (
    <div className="port-row">
      <div className="said">
        <span>
          <span className="mono">{name}</span> <span className="muted">{[shown.type, shown.unit || allowedOf(port), shown.default && `= ${shown.default}`].filter(Boolean).join(" · ")}</span>
          {correction ? <> <span className="chip">{text.services.one.corrected}</span></> : null}
        </span>
        <Button small kind="quiet" aria-expanded={open} aria-label={words.correctOf(name)} onClick={() => setOpen(!open)}>{words.correct}</Button>
      </div>
      {open && (
        <div className="two">
          <Field label={words.type}>
            {(tied) => <Select {...tied} small value={shown.type} onChange={put("type")} choices={typesOf(port, side, said).map((type) => ({ value: type, label: type }))} />}
          </Field>
          <Field label={words.title}>
            {(tied) => <Input {...tied} small value={shown.title} onChange={put("title")} maxLength={200} />}
          </Field>
          {hasUnit(shown.type) && (
            <Field label={words.unit}>
              {(tied) => <Input {...tied} small value={shown.unit} onChange={put("unit")} maxLength={50} />}
            </Field>
          )}
          {hasDefault(shown.type, side) && (
            <Field label={words.default}>
              {(tied) => <Input {...tied} small value={shown.default} onChange={put("default")} maxLength={2000} />}
            </Field>
          )}
          {correction && <p className="row"><Button small onClick={() => onChange({})}>{words.takeBack}</Button></p>}
        </div>
      )}
    </div>
  );
}

function present(correction: Correction | undefined): Partial<Said> {
  const found: Record<string, string> = {};
  for (const field of ["type", "title", "unit", "default"] as const) {
    const value = correction?.[field];
    if (value !== undefined && value !== null) found[field] = value;
  }
  return found;
}
