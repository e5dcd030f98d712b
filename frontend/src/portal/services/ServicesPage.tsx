/** The catalogue of services. */
import { useState } from "react";
import { api } from "../../api/client";
import { useLoad } from "../../api/load";
import { everything } from "../../api/pages";
import { useMe } from "../../api/session";
import { Button, Empty, Field, Search, Select, Skeleton, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { Link, useQuery } from "../router";
import { useSettled } from "../settled";
import { useTitle } from "../title";
import { HealthBadge, KindChip } from "./marks";
import { facets, type Service } from "./said";
import "./services.css";

const words = text.services;
const PAGE = 60;

export default function Services() {
  useTitle(words.title);
  const me = useMe();
  const [q, setQ] = useQuery("q");
  const [category, setCategory] = useQuery("category");
  const [company, setCompany] = useQuery("company");
  const [limit, setLimit] = useState(PAGE);
  const query = useSettled(JSON.stringify({ q, category, company, limit }));
  const found = useLoad(`services ${query}`, (signal) => api.get("/api/v1/services", { query: JSON.parse(query) as { q: string }, signal }));
  const all = useLoad("services all", (signal) => everything((query) => api.get("/api/v1/services", { query, signal })));
  const narrowed = q !== "" || category !== "" || company !== "";
  const known = all.data?.items ?? [];
  return (
    <>
      <div className="page-head">
        <h1>{words.title}</h1>
        {me?.rights.includes("develop") && <Link className="button primary" to="/services/register">{words.register}</Link>}
      </div>
      <div className="filters">
        <Search label={words.search} value={q} onChange={setQ} />
        <Narrow label={words.category} all={words.allCategories} value={category} onChange={setCategory} choices={facets(known, "category")} />
        <Narrow label={words.company} all={words.allCompanies} value={company} onChange={setCompany} choices={facets(known, "company")} />
      </div>
      {found.error !== undefined && <Trouble error={found.error} onRetry={() => void found.reload()} />}
      {!found.data ? (found.loading ? <Skeleton lines={6} /> : null) : found.data.items.length === 0 ? (
        narrowed ? (
          <Empty title={words.noneOfMany}><p>{words.noneOfManyHint}</p></Empty>
        ) : (
          <Empty title={words.none}><p>{words.noneHint}</p></Empty>
        )
      ) : (
        <List items={found.data.items} />
      )}
      <p className="hidden" role="status">{found.data ? words.loadedMore(found.data.items.length) : ""}</p>
      {found.data?.next && limit < 1000 ? (
        <p className="row"><Button onClick={() => setLimit(Math.min(1000, limit + 4 * PAGE))}>{words.more}</Button></p>
      ) : null}
    </>
  );
}

interface NarrowProps {
  label: string;
  all: string;
  value: string;
  onChange: (value: string) => void;
  choices: readonly string[];
}

function Narrow({ label, all, value, onChange, choices }: NarrowProps) {
  if (choices.length === 0 && !value) return null;
  const known = choices.includes(value) || !value ? choices : [...choices, value];
  return (
    <Field label={label}>
      {(tied) => (
        <Select {...tied} value={value} onChange={onChange} choices={[{ value: "", label: all }, ...known.map((one) => ({ value: one, label: one }))]} />
      )}
    </Field>
  );
}

function List({ items }: { items: readonly Service[] }) {
  return (
    <ul className="service-list">
      {items.map((one) => (
        <li key={one.name} className="card service-row">
          <h2><Link to={`/services/${encodeURIComponent(one.name)}`}>{one.title || one.name}</Link></h2>
          <span className="health"><HealthBadge health={one.health} /></span>
          <p className="about muted small">
            <span className="mono">{one.name}</span>
            <KindChip kind={one.kind} />
            {one.category && <span>{one.category}</span>}
            {one.company && <span>{one.company}</span>}
          </p>
          {one.description && <p className="about muted small">{one.description.split("\n")[0]}</p>}
        </li>
      ))}
    </ul>
  );
}
