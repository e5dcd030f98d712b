/** Registering a service: its operations appear as soon as the address of its WSDL is typed. */
import { useState, type SyntheticEvent } from "react";
import { api, wordsOf, type Schemas } from "../../api/client";
import { useLoad } from "../../api/load";
import { everything } from "../../api/pages";
import { useMe } from "../../api/session";
import { Button, Field, Input, Notice, Skeleton, Tick, toast } from "../../kit";
import { text } from "../../messages/en";
import { Link, navigate, useQuery } from "../router";
import { useSettled } from "../settled";
import { useTitle } from "../title";
import { KindChip } from "./marks";
import { facets, isAddress, limitOf } from "./said";
import { SaidForm, type Typed } from "./SaidForm";
import "./services.css";

const words = text.services.form;
const PAUSE_MS = 400;
type Offered = Schemas["OfferedAnswer"];

export default function Register() {
  useTitle(text.services.register);
  const [address, setAddress] = useQuery("wsdl");
  const settled = useSettled(address.trim(), PAUSE_MS);
  const good = isAddress(settled);
  const look = useLoad(good ? `wsdl ${settled}` : "", (signal) => api.post("/api/v1/services/inspect", { body: { wsdl: settled }, signal }));
  const [chosen, setChosen] = useState<string | null>(null);
  const found = good && look.error === undefined ? look.data : undefined;
  const offers = found?.operations ?? [];
  const only = offers.length === 1 ? offers[0] : undefined;
  const offer = offers.find((one) => one.operation === chosen) ?? only;
  return (
    <>
      <p className="crumbs"><Link to="/services">{text.services.title}</Link></p>
      <div className="page-head"><h1>{text.services.register}</h1></div>
      <div className="form">
        <Field label={words.wsdl} hint={words.wsdlHint} error={settled && !good ? words.noAddress : undefined}>
          {(tied) => <Input {...tied} type="url" className="mono" autoFocus autoComplete="url" spellCheck={false} value={address} onChange={(value) => setAddress(value)} placeholder="http://localhost:8081/waiter/Waiter?wsdl" />}
        </Field>
        <div role="status">
          {found && <p className="muted">{offers.length ? words.found(offers.length, found.service) : words.nothing}</p>}
        </div>
        {look.loading && good && <Skeleton lines={3} label={words.looking} />}
        {good && !look.loading && look.error !== undefined && <Notice tone="bad" alert title={words.notThere}><p>{wordsOf(look.error)}</p></Notice>}
        {offers.length > 0 && <Offers offers={offers} chosen={offer?.operation ?? ""} onChoose={setChosen} companions={found?.companions ?? []} />}
      </div>
      {offer && <Details key={`${settled} ${offer.operation}`} wsdl={settled} offer={offer} />}
    </>
  );
}

interface OffersProps {
  offers: readonly Offered[];
  chosen: string;
  onChoose: (operation: string) => void;
  companions: readonly string[];
}

function Offers({ offers, chosen, onChoose, companions }: OffersProps) {
  return (
    <fieldset className="offers">
      <legend>{words.operations}</legend>
      {offers.map((one) => (
        <label key={one.operation} className="offer">
          <input type="radio" name="operation" value={one.operation} checked={one.operation === chosen} onChange={() => onChoose(one.operation)} />
          <span className="row">
            <strong className="mono">{one.operation}</strong> <KindChip kind={one.kind} />
            <span className="muted small">{words.inputs(one.inputs.length)}, {words.outputs(one.outputs.length)}</span>
          </span>
          {one.description && <span className="muted small">{one.description}</span>}
          {one.registered && <span className="small">{words.registeredAs} <Link to={`/services/${encodeURIComponent(one.registered)}`}>{one.registered}</Link></span>}
          <Said title={words.cannot} items={one.problems} className="error-text" />
        </label>
      ))}
      {companions.length > 0 && <p className="hint">{words.companions(companions.join(", "))}</p>}
    </fieldset>
  );
}

function Said({ title, items, className }: { title: string; items: readonly string[]; className: string }) {
  if (items.length === 0) return null;
  return <span className={className}>{title} {items.join("; ")}</span>;
}

function Details({ wsdl, offer }: { wsdl: string; offer: Offered }) {
  const me = useMe();
  const known = useLoad("services all", (signal) => everything((query) => api.get("/api/v1/services", { query, signal }))).data?.items ?? [];
  const [typed, setTyped] = useState<Typed>({
    kind: offer.kind, title: "", description: "", category: "", company: "", mostRuns: "", repeatable: offer.repeatable, uri: offer.uri, corrections: {},
  });
  const [shared, setShared] = useState(false);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<Schemas["RegisteredAnswer"] | null>(null);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    const mostRuns = limitOf(typed.mostRuns);
    if (busy || mostRuns === undefined) return;
    setBusy(true);
    setError("");
    try {
      const made = await api.post("/api/v1/services", {
        body: {
          wsdl,
          operation: offer.operation,
          kind: typed.kind === offer.kind ? null : typed.kind,
          title: typed.title.trim() || null,
          description: typed.description.trim() || null,
          category: typed.category.trim() || null,
          company: typed.company.trim() || null,
          repeatable: typed.repeatable === offer.repeatable ? null : typed.repeatable,
          most_runs: mostRuns,
          uri: typed.uri.trim() === offer.uri ? null : typed.uri.trim() || null,
          corrections: { ...typed.corrections },
          shared,
        },
      });
      toast(made.is_new ? words.registered(made.name) : words.unchanged(made.name));
      if (made.notices.length) setDone(made);
      else navigate(`/services/${encodeURIComponent(made.name)}`);
    } catch (refused) {
      setError(wordsOf(refused));
    } finally {
      setBusy(false);
    }
  };

  if (done) {
    return (
      <Notice tone="good" title={words.registered(done.name)}>
        <p>{words.notices}</p>
        <ul className="bullets">{done.notices.map((one) => <li key={one}>{one}</li>)}</ul>
        <p><Link to={`/services/${encodeURIComponent(done.name)}`}>{words.open}</Link></p>
      </Notice>
    );
  }
  return (
    <form className="card form" onSubmit={(event) => void submit(event)} noValidate aria-label={offer.operation}>
      <h2 className="mono">{offer.operation}</h2>
      {offer.notices.length > 0 && (
        <Notice tone="ask" title={words.notices}>
          <ul className="bullets">{offer.notices.map((one) => <li key={one}>{one}</li>)}</ul>
        </Notice>
      )}
      <SaidForm
        typed={typed}
        onChange={(change) => setTyped((was) => ({ ...was, ...change }))}
        inputs={offer.inputs}
        outputs={offer.outputs}
        recognised={offer.kind}
        categories={facets(known, "category")}
        companies={facets(known, "company")}
        uriHint={words.uriHint}
      >
        {me?.rights.includes("operate") && <Tick label={words.shared} checked={shared} onChange={setShared} />}
      </SaidForm>
      {error && <Notice tone="bad" alert title={words.refused}><p>{error}</p></Notice>}
      <p className="row"><Button type="submit" kind="primary" busy={busy}>{words.submit}</Button></p>
    </form>
  );
}
