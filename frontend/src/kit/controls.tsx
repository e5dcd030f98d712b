/** Buttons, fields and what else a person types into or clicks on. */
import {
  useId,
  type ButtonHTMLAttributes,
  type InputHTMLAttributes,
  type KeyboardEvent,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from "react";
import { text } from "../messages/en";
import { Icon } from "./icons";

export type Kind = "plain" | "primary" | "danger" | "danger-solid" | "quiet";

export function classes(...names: (string | false | undefined | null)[]): string {
  return names.filter(Boolean).join(" ");
}

interface ButtonLook {
  kind?: Kind;
  small?: boolean;
  /** Only a picture: then `aria-label` says what it does. */
  icon?: boolean;
  /** Something is under way: it shows, and further clicks do nothing. */
  busy?: boolean;
}

export function Button({ kind = "plain", small, icon, busy, className, children, onClick, ...rest }: ButtonLook & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button
      type="button"
      {...rest}
      // Not `disabled`: it would lose the focus.
      aria-disabled={busy ?? rest["aria-disabled"] ?? undefined}
      onClick={(event) => {
        if (busy || rest["aria-disabled"] === true) event.preventDefault();
        else onClick?.(event);
      }}
      className={classes("button", kind !== "plain" && kind, small && "small", icon && "icon", className)}
    >
      {busy && <span className="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

/** What ties a control to its words. */
export interface Tied {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  "aria-required"?: true;
}

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  /** Says beside the label that it may be left empty. */
  optional?: boolean;
  required?: boolean;
  id?: string;
  className?: string;
  children: (tied: Tied) => ReactNode;
}

/** A labelled control with its hint and its error. */
export function Field({ label, hint, error, optional, required, id, className, children }: FieldProps) {
  const own = useId();
  const name = id ?? own;
  return (
    <div className={classes("field", className)}>
      <label htmlFor={name}>
        {label}
        {optional && <> <span className="optional">{text.kit.optional}</span></>}
      </label>
      {children(tied(name, hint, error, required))}
      <Words id={name} hint={hint} error={error} />
    </div>
  );
}

export function tied(id: string, hint: ReactNode, error: string | undefined, required?: boolean): Tied {
  const about = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return {
    id,
    ...(about ? { "aria-describedby": about } : {}),
    ...(error ? { "aria-invalid": true as const } : {}),
    ...(required ? { "aria-required": true as const } : {}),
  };
}

/** Hint and error of a control, as `tied` names them. */
export function Words({ id, hint, error }: { id: string; hint?: ReactNode; error?: string | undefined }) {
  return (
    <>
      {hint ? <span className="hint" id={`${id}-hint`}>{hint}</span> : null}
      {error ? <span className="error-text" id={`${id}-error`}>{error}</span> : null}
    </>
  );
}

type Changed<T> = Omit<T, "onChange"> & { onChange?: (value: string) => void; small?: boolean };

export function Input({ onChange, className, small, ...rest }: Changed<InputHTMLAttributes<HTMLInputElement>>) {
  return <input {...rest} className={classes("input", small && "small", className)} onChange={(event) => onChange?.(event.target.value)} />;
}

export function TextArea({ onChange, className, small, ...rest }: Changed<TextareaHTMLAttributes<HTMLTextAreaElement>>) {
  return <textarea rows={4} {...rest} className={classes("input", small && "small", className)} onChange={(event) => onChange?.(event.target.value)} />;
}

export interface Choice {
  value: string;
  label: string;
}

export function Select({ onChange, className, small, choices, ...rest }: Changed<SelectHTMLAttributes<HTMLSelectElement>> & { choices: readonly Choice[] }) {
  return (
    <select {...rest} className={classes("input", small && "small", className)} onChange={(event) => onChange?.(event.target.value)}>
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}

interface TickProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "type"> {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  onChange: (ticked: boolean) => void;
}

export function Tick({ label, hint, error, onChange, id, ...rest }: TickProps) {
  const own = useId();
  const name = id ?? own;
  return (
    <div className="field">
      <label className="tick">
        <input type="checkbox" {...rest} {...tied(name, hint, error)} onChange={(event) => onChange(event.target.checked)} />
        <span>{label}</span>
      </label>
      <Words id={name} hint={hint} error={error} />
    </div>
  );
}

interface NumberProps {
  tied: Tied;
  value: string;
  onChange: (value: string) => void;
  unit?: string | undefined;
  minimum?: string | undefined;
  maximum?: string | undefined;
  step?: string | undefined;
  whole?: boolean;
  onBlur?: () => void;
  list?: string | undefined;
  /** Gives the number so many steps further, for the arrow keys. */
  onStep?: (times: number) => void;
}

const MOST_STEPS = 100_000;
const STEPS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

/** A number with its unit; where both ends are given, a slider beside it for the mouse. */
export function NumberField({ tied: words, value, onChange, unit, minimum, maximum, step, whole, onBlur, list, onStep }: NumberProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    const times = STEPS[event.key];
    if (times === undefined || !onStep || list) return;
    event.preventDefault();
    onStep(times);
  };
  const number = (
    <span className="with-unit">
      <Input {...words} inputMode={whole ? "numeric" : "decimal"} autoComplete="off" list={list} value={value} onChange={onChange} onBlur={onBlur} onKeyDown={onKeyDown} />
      {unit ? <span className="unit">{unit}</span> : null}
    </span>
  );
  const range = sliderOf(minimum, maximum, step, whole ?? false);
  if (range === null) return number;
  const at = Number(value);
  return (
    <div className="slider">
      {/* The number itself is what keyboards and screen readers use: its arrow keys do the same. */}
      <input
        type="range"
        aria-hidden="true"
        aria-label={text.kit.slider}
        tabIndex={-1}
        min={range.from}
        max={range.to}
        step={range.step}
        value={value.trim() !== "" && Number.isFinite(at) ? at : range.from}
        onChange={(event) => onChange(tidy(event.target.value))}
      />
      {number}
      <span className="ends" aria-hidden="true">
        <span>{minimum}</span>
        <span>{maximum}</span>
      </span>
    </div>
  );
}

/** Gives the ends and the step of a slider, or null where one would be of no use. */
export function sliderOf(minimum: string | undefined, maximum: string | undefined, step: string | undefined, whole: boolean) {
  const from = Number(minimum ?? "");
  const to = Number(maximum ?? "");
  if (!minimum || !maximum || !Number.isFinite(from) || !Number.isFinite(to) || from >= to) return null;
  const given = Number(step ?? "");
  const fine = step && given > 0 ? given : whole ? 1 : power((to - from) / 1000);
  if (whole && (to - from) / fine > MOST_STEPS) return null;
  return { from, to, step: fine };
}

/** The power of ten next below a number. */
function power(of: number): number {
  return 10 ** Math.floor(Math.log10(of));
}

function tidy(value: string): string {
  return value.includes("e") ? value : String(Number(Number(value).toPrecision(12)));
}

/** A field that narrows a list. */
export function Search({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <div className="search" role="search">
      <Icon name="search" />
      <Input type="search" aria-label={label} placeholder={label} value={value} onChange={onChange} />
    </div>
  );
}
