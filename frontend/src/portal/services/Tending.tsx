/** Reading a service's WSDL again, editing it, retiring it. Each tells first what it breaks. */
import { useState, type SyntheticEvent } from "react";
import { api, wordsOf } from "../../api/client";
import { useLoad } from "../../api/load";
import { everything } from "../../api/pages";
import { Button, Dialog, Field, Input, Notice, Skeleton, toast, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { navigate } from "../router";
import { Breaks, breaksAny, breaksPublished, Changes, type Damage } from "./changes";
import { changedCorrections, facets, limitOf, type Service } from "./said";
import { SaidForm, type Typed } from "./SaidForm";

const words = text.services.change;
const form = text.services.form;

interface Props {
  service: Service;
  onClose: () => void;
  onDone: () => void;
}

/** Loads something once for as long as a dialog is open. */
let opened = 0;
function useOnce(): number {
  return useState(() => (opened += 1))[0];
}

export function Refresh({ service, onClose, onDone }: Props) {
  const path = { name: service.name };
  const plan = useLoad(`refresh ${service.name} ${useOnce()}`, (signal) =>
    api.post("/api/v1/services/{name}/refresh", { path, query: { dry_run: true }, signal }),
  );
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const apply = async () => {
    setBusy(true);
    try {
      const done = await api.post("/api/v1/services/{name}/refresh", { path });
      toast(words.applied(done.name, done.version));
      onDone();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const data = plan.data;
  const worth = data?.is_new ?? false;
  return (
    <Dialog
      open
      wide
      title={words.refreshTitle(service.title || service.name)}
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onClick={onClose}>{worth ? text.kit.cancel : text.kit.close}</Button>
          {data && worth && (
            <Button kind={breaksAny(data) ? "danger-solid" : "primary"} busy={busy} onClick={() => void apply()}>
              {breaksAny(data) ? words.applyAnyway : words.apply}
            </Button>
          )}
        </>
      }
    >
      {plan.loading && <Skeleton lines={3} label={words.reading} />}
      {plan.error !== undefined && <Trouble error={plan.error} onRetry={() => void plan.reload()} />}
      {data && !worth && <p>{words.upToDate}</p>}
      {data && worth && (
        <>
          <Changes changes={data.changes} />
          <Breaks damage={data} />
          {data.notices.length > 0 && (
            <Notice tone="ask" title={form.notices}>
              <ul className="bullets">{data.notices.map((one) => <li key={one}>{one}</li>)}</ul>
            </Notice>
          )}
        </>
      )}
      {error !== undefined && <Trouble error={error} />}
    </Dialog>
  );
}

export function Retire({ service, onClose }: Omit<Props, "onDone">) {
  const path = { name: service.name };
  const plan = useLoad(`retire ${service.name} ${useOnce()}`, (signal) =>
    api.delete("/api/v1/services/{name}", { path, query: { dry_run: true }, signal }),
  );
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const data: Damage | undefined = plan.data;
  const retire = async () => {
    if (!data) return;
    setBusy(true);
    try {
      await api.delete("/api/v1/services/{name}", { path, query: { force: breaksPublished(data) } });
      toast(words.retired(service.name));
      navigate("/services"); // its page is not asked for again: it is gone
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title={words.retireTitle(service.title || service.name)}
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onClick={onClose}>{text.kit.cancel}</Button>
          {data && <Button kind="danger-solid" busy={busy} onClick={() => void retire()}>{breaksAny(data) ? words.retireAnyway : words.retire}</Button>}
        </>
      }
    >
      <p>{words.retireHint}</p>
      {plan.loading && <Skeleton lines={2} />}
      {plan.error !== undefined && <Trouble error={plan.error} onRetry={() => void plan.reload()} />}
      {data && <Breaks damage={data} />}
      {error !== undefined && <Trouble error={error} />}
    </Dialog>
  );
}

function typedOf(service: Service): Typed {
  return {
    kind: service.kind,
    title: service.title,
    description: service.description,
    category: service.category,
    company: service.company,
    mostRuns: service.most_runs ? String(service.most_runs) : "",
    repeatable: service.repeatable,
    uri: service.uri,
    corrections: service.corrections,
  };
}

export function Edit({ service, onClose, onDone }: Props) {
  const known = useLoad("services all", (signal) => everything((query) => api.get("/api/v1/services", { query, signal }))).data?.items ?? [];
  const [typed, setTyped] = useState(() => typedOf(service));
  const [wsdl, setWsdl] = useState(service.wsdl);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const [damage, setDamage] = useState<Damage | null>(null);

  const change = (next: Partial<Typed>) => {
    setTyped((was) => ({ ...was, ...next }));
    setDamage(null);
  };
  const order = (mostRuns: number | null) => ({
    ...(typed.title !== service.title ? { title: typed.title.trim() } : {}),
    ...(typed.description !== service.description ? { description: typed.description.trim() } : {}),
    ...(typed.category !== service.category ? { category: typed.category.trim() } : {}),
    ...(typed.company !== service.company ? { company: typed.company.trim() } : {}),
    ...(typed.kind !== service.kind ? { kind: typed.kind } : {}),
    ...(typed.repeatable !== service.repeatable ? { repeatable: typed.repeatable } : {}),
    ...((mostRuns ?? 0) !== (service.most_runs ?? 0) ? { most_runs: mostRuns ?? 0 } : {}),
    ...(wsdl.trim() !== service.wsdl ? { wsdl: wsdl.trim() } : {}),
    ...(typed.uri.trim() !== service.uri ? { uri: typed.uri.trim() } : {}),
    corrections: { ...changedCorrections(service.corrections, typed.corrections) },
  });
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    const mostRuns = limitOf(typed.mostRuns);
    if (busy || mostRuns === undefined) return;
    setBusy(true);
    setError("");
    const call = { path: { name: service.name }, body: order(mostRuns) };
    try {
      if (!damage) {
        const plan = await api.patch("/api/v1/services/{name}", { ...call, query: { dry_run: true, force: true } });
        if (breaksAny(plan)) {
          setDamage(plan);
          return;
        }
      }
      const done = await api.patch("/api/v1/services/{name}", { ...call, query: { force: damage !== null } });
      toast(done.is_new || done.changes.length ? form.saved : form.savedNothing);
      onDone();
      if (done.name !== service.name) navigate(`/services/${encodeURIComponent(done.name)}`, { replace: true });
    } catch (refused) {
      setError(wordsOf(refused));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open wide title={words.editTitle(service.title || service.name)} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
        <SaidForm
          typed={typed}
          onChange={change}
          inputs={service.inputs}
          outputs={service.outputs}
          said={service.corrections}
          categories={facets(known, "category")}
          companies={facets(known, "company")}
          uriHint={form.uriChangeHint}
        >
          <Field label={form.wsdl}>
            {(tied) => (
              <Input {...tied} type="url" className="mono" spellCheck={false} value={wsdl} onChange={(value) => {
                setWsdl(value);
                setDamage(null);
              }} />
            )}
          </Field>
        </SaidForm>
        {error && <Notice tone="bad" alert title={form.notSaved}><p>{error}</p></Notice>}
        {damage && <div role="alert"><h3>{words.saveTitle}</h3><Breaks damage={damage} /></div>}
        <div className="dialog-actions">
          <Button onClick={onClose}>{text.kit.cancel}</Button>
          <Button type="submit" kind={damage ? "danger-solid" : "primary"} busy={busy}>{damage ? words.saveAnyway : form.save}</Button>
        </div>
      </form>
    </Dialog>
  );
}
