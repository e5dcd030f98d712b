/** A value that is edited in place on its port. */
import type { Port } from "../graph/ports";
import type { To } from "../graph/wires";
import { classes } from "../kit/controls";
import { editor as text } from "../messages/en/editor";
import { useEditing, useState_ } from "./context";

interface Props {
  readonly to: To;
  readonly port: Port | null;
  readonly value: string | null;
  readonly label: string;
  readonly wrong: string;
}

export function Constant({ to, port, value, label, wrong }: Props) {
  const { commands } = useEditing();
  const locked = useState_((state) => state.readOnly);
  const write = (next: string) => {
    // An emptied field is no value, but for texts that have one: there empty is a text, too.
    commands.write(to, next === "" ? null : next);
  };
  const shared = { className: classes("nodrag", "nowheel", "constant", wrong !== "" && "invalid"), "aria-label": label, disabled: locked, ...(wrong === "" ? {} : { "aria-invalid": true as const }) };
  const fallback = port?.default ?? "";
  const nothing = fallback === "" ? "—" : text.defaultOf(fallback);
  const options = port?.many ? null : port?.type === "boolean" ? [{ value: "true", label: text.yes }, { value: "false", label: text.no }]
    : port?.type === "choice" ? port.choices.map((choice) => ({ value: choice, label: choice })) : null;
  if (options) {
    return (
      <select {...shared} value={value ?? ""} onChange={(event) => write(event.target.value)}>
        <option value="">{nothing}</option>
        {value !== null && !options.some((one) => one.value === value) && <option value={value}>{value}</option>}
        {options.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
      </select>
    );
  }
  if (port?.type === "text" && !port.many) {
    return <textarea {...shared} rows={1} value={value ?? ""} placeholder={fallback} onChange={(event) => write(event.target.value)} />;
  }
  const numeric = port && !port.many && (port.type === "integer" || port.type === "decimal");
  return (
    <input {...shared} type="text" inputMode={numeric ? "decimal" : "text"} value={value ?? ""} placeholder={fallback} autoComplete="off" spellCheck={false} onChange={(event) => write(event.target.value)} />
  );
}
