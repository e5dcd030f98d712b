/** The ports of a service, to be read. */
import { TableFrame } from "../../kit";
import { text } from "../../messages/en";
import { allowedOf, placeOf, type Corrections, type Port, type Side } from "./said";

const words = text.services.one;

export function PortTable({ side, ports, corrections = {} }: { side: Side; ports: readonly Port[]; corrections?: Corrections }) {
  if (ports.length === 0) return <p className="muted">{words.noPorts}</p>;
  return (
    <TableFrame label={words[side]}>
      <thead>
        <tr>
          <th scope="col">{words.port}</th>
          <th scope="col">{words.type}</th>
          <th scope="col">{words.allowed}</th>
          {side === "inputs" && <th scope="col">{words.default}</th>}
        </tr>
      </thead>
      <tbody>
        {ports.map((port) => {
          const type = port.type ?? "string";
          return (
            <tr key={port.name}>
              <td>
                <span className="mono">{port.name}</span>
                {port.title && port.title !== port.name ? <span className="muted"> · {port.title}</span> : null}
                {port.description ? <p className="muted small">{port.description}</p> : null}
              </td>
              <td>
                {port.many ? words.list(type) : type}
                {corrections[placeOf(side, port.name ?? "")] ? <> <span className="chip">{words.corrected}</span></> : null}
              </td>
              <td>{allowedOf(port)}</td>
              {side === "inputs" && <td className="mono">{port.default ?? (port.required === false ? "" : words.required)}</td>}
            </tr>
          );
        })}
      </tbody>
    </TableFrame>
  );
}
