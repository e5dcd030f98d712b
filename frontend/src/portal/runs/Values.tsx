/** Values of inputs and outputs, each as its type is best seen. */
import { useState } from "react";
import { address } from "../../api/client";
import { entry } from "../../graph/document";
import { Icon } from "../../kit";
import { text } from "../../messages/en";
import { exactly, fileName, grouped } from "../../messages/words";
import { Link } from "../router";
import { itemsOf } from "../../inputs/rules";
import { numbersOf } from "./model/numbers";
import type { Port } from "./model/run";
import { Plot } from "./Plot";

const words = text.runs;
const PICTURE = /\.(png|jpe?g|gif|webp|svg|bmp|avif)$/i;
/** Of a longer list the first ones are shown. */
const FIRST_ITEMS = 20;
/** Characters; the rest of a longer text can be unfolded. */
const FIRST_TEXT = 4000;

interface Props {
  ports: readonly Port[];
  values: Readonly<Record<string, string>>;
  /** Pictures and plots, too. */
  rich?: boolean;
}

/** The values that are there, in the order of their ports; what no port tells of comes last, as text. */
export function Values({ ports, values, rich = false }: Props) {
  const known = ports.filter((port) => Object.hasOwn(values, port.name));
  const names = new Set(known.map((port) => port.name));
  const others = Object.keys(values).filter((name) => !names.has(name)).map((name): Port => ({ name }));
  return (
    <dl className="values">
      {[...known, ...others].map((port) => (
        <div key={port.name}>
          <dt title={port.description}>{port.title ?? port.name}</dt>
          <dd><Value port={port} value={entry(values, port.name) ?? ""} rich={rich} /></dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ port, value, rich }: { port: Port; value: string; rich: boolean }) {
  const items = port.many ? itemsOf(value) : null;
  if (items === null) return <Single port={port} value={value} rich={rich} />;
  return <List port={port} items={items} rich={rich} />;
}

function List({ port, items, rich }: { port: Port; items: readonly string[]; rich: boolean }) {
  const [all, setAll] = useState(false);
  const isNumber = port.type === "integer" || port.type === "decimal";
  const numbers = rich && isNumber ? numbersOf(items) : null;
  if (items.length === 0) return <span className="muted">{words.noValues}</span>;
  const shown = all ? items : items.slice(0, numbers ? 8 : FIRST_ITEMS);
  return (
    <>
      {numbers && <Plot name={port.title ?? port.name} numbers={numbers} unit={port.unit} />}
      <ul className={isNumber ? "items numbers" : "items"}>
        {shown.map((item, index) => (
          <li key={index}><Single port={port} value={item} rich={rich} /></li>
        ))}
      </ul>
      {shown.length < items.length && (
        <button type="button" className="button quiet small" onClick={() => setAll(true)}>{words.allItems(items.length)}</button>
      )}
    </>
  );
}

function Single({ port, value, rich }: { port: Port; value: string; rich: boolean }) {
  if (port.type === "secret") return <span className="muted">{words.secret}</span>;
  if (value === "") return <span className="muted">{words.empty}</span>;
  switch (port.type) {
    case "file":
      return <StoredFile uri={value} rich={rich} />;
    case "folder":
      return <Link className="file" to={address("/folders", { query: { uri: value } })}><Icon name="folder" /> <span>{fileName(value)}/</span></Link>;
    case "boolean":
      return <>{value === "true" || value === "1" ? words.yes : words.no}</>;
    case "text":
      return <Long value={value} />;
    case "integer":
    case "decimal":
      return (
        <>
          <span className="tabular">{grouped(value)}</span>
          {port.unit ? <span className="muted"> {port.unit}</span> : null}
        </>
      );
    case "date-time":
      return <time dateTime={value} title={value}>{Number.isNaN(Date.parse(value)) ? value : exactly(value)}</time>;
    default:
      return value.includes("\n") || value.length > 200 ? <Long value={value} /> : <>{value}</>;
  }
}

function Long({ value }: { value: string }) {
  const [all, setAll] = useState(value.length <= FIRST_TEXT);
  return (
    <>
      <pre tabIndex={0}>{all ? value : `${value.slice(0, FIRST_TEXT)}…`}</pre>
      {!all && <button type="button" className="button quiet small" onClick={() => setAll(true)}>{words.allText(value.length)}</button>}
    </>
  );
}

function StoredFile({ uri, rich }: { uri: string; rich: boolean }) {
  const [broken, setBroken] = useState(false);
  const name = fileName(uri);
  const href = address("/api/v1/files", { query: { uri } });
  return (
    <>
      {rich && PICTURE.test(name) && (broken ? <p className="muted small">{words.noPicture}</p> : <img className="picture" src={href} alt={words.picture(name)} loading="lazy" onError={() => setBroken(true)} />)}
      <a className="file" href={href} download={name}><Icon name="download" /> <span>{name}</span></a>
    </>
  );
}
