/** API tokens: one's own, and those of all whom one manages. */
import { useId, useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useLoad } from "../../api/load";
import { everything } from "../../api/pages";
import type { Me } from "../../api/session";
import { Badge, Button, Empty, Field, Input, Skeleton, TableFrame, Tick, toast, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { Ask, Day, FormDialog, Once } from "./parts";
import { endOf, scopesOf, type Right } from "./people";

const words = text.admin.tokens;
type Token = Schemas["ApiTokenAnswer"];

export function AllTokens() {
  const found = useLoad("tokens everyone", (signal) =>
    everything((query) => api.get("/api/v1/api-tokens", { query: { ...query, everyone: true }, signal })),
  );
  return (
    <>
      <h2>{words.label}</h2>
      <Tokens found={found} everyone />
    </>
  );
}

export function OwnTokens({ me }: { me: Me }) {
  const found = useLoad("tokens own", (signal) => everything((query) => api.get("/api/v1/api-tokens", { query, signal })));
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<Schemas["MadeTokenAnswer"] | null>(null);
  return (
    <section className="stack">
      <div className="row spread">
        <h2>{text.admin.account.tokens}</h2>
        <Button onClick={() => setAdding(true)}>{words.add}</Button>
      </div>
      <p className="muted">{words.lead}</p>
      <Tokens found={found} />
      {adding && <Add me={me} onClose={() => setAdding(false)} onMade={(token) => {
        setAdding(false);
        setMade(token);
        void found.reload();
      }} />}
      {made && <Once title={words.madeTitle(made.name)} secret={made.token} onClose={() => setMade(null)} />}
    </section>
  );
}

interface TokensProps {
  found: ReturnType<typeof useLoad<Schemas["Page_ApiTokenAnswer_"]>>;
  everyone?: boolean;
}

function Tokens({ found, everyone = false }: TokensProps) {
  const [revoking, setRevoking] = useState<Token | null>(null);
  const items = found.data?.items ?? [];
  const now = new Date();
  return (
    <>
      {found.error !== undefined && <Trouble error={found.error} onRetry={() => void found.reload()} />}
      {!found.data && found.loading && <Skeleton />}
      {found.data && items.length === 0 && <Empty title={words.none}>{!everyone && <p>{words.noneHint}</p>}</Empty>}
      {items.length > 0 && (
        <div className="card">
          <TableFrame label={words.label}>
            <thead>
              <tr>
                <th scope="col">{words.name}</th>
                {everyone && <th scope="col">{words.owner}</th>}
                <th scope="col">{words.project}</th>
                <th scope="col">{words.scopesShort}</th>
                <th scope="col">{words.expires}</th>
                <th scope="col">{words.used}</th>
                <th scope="col">{text.admin.actions}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{one.name}</th>
                  {everyone && <td>{one.user}</td>}
                  <td>{one.project}</td>
                  <td className="mono">{one.scopes.join(", ")}</td>
                  <td>
                    {one.expires_at ? <Day at={one.expires_at} /> : words.never}{" "}
                    {one.expires_at && new Date(one.expires_at) < now && <Badge tone="off">{words.expired}</Badge>}
                  </td>
                  <td>{one.last_used_at ? <Day at={one.last_used_at} /> : words.notUsed}</td>
                  <td><Button small kind="danger" aria-label={words.revokeOf(one.name)} onClick={() => setRevoking(one)}>{words.revoke}</Button></td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        </div>
      )}
      {revoking && (
        <Ask title={words.revokeTitle(revoking.name)} hint={words.revokeHint} yes={words.revoke} onClose={() => setRevoking(null)} onYes={async () => {
          await api.delete("/api/v1/api-tokens/{token}", { path: { token: revoking.id } });
          toast(words.revoked(revoking.name));
          setRevoking(null);
          void found.reload();
        }} />
      )}
    </>
  );
}

function Add({ me, onClose, onMade }: { me: Me; onClose: () => void; onMade: (token: Schemas["MadeTokenAnswer"]) => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Right[]>(["read"]);
  const [days, setDays] = useState("");
  const [sent, setSent] = useState(false);
  const id = useId();
  const badDays = endOf(days, new Date()) === undefined ? words.daysBad : undefined;
  const submit = () => {
    setSent(true);
    const end = endOf(days, new Date());
    if (!name.trim() || scopes.length === 0 || end === undefined) return false;
    return api.post("/api/v1/api-tokens", { body: { name: name.trim(), scopes: [...scopes], expires_at: end } }).then(onMade);
  };
  return (
    <FormDialog title={words.add} submit={words.make} onSubmit={submit} onClose={onClose}>
      <Field label={words.name} error={sent && !name.trim() ? words.nameMissing : undefined}>
        {(tied) => <Input {...tied} autoFocus autoComplete="off" value={name} onChange={setName} maxLength={200} />}
      </Field>
      <div className="field" role="group" aria-labelledby={id}>
        <span className="label" id={id}>{words.scopes}</span>
        {scopesOf(me).map((right) => (
          <Tick
            key={right}
            label={words.scope[right]}
            checked={scopes.includes(right)}
            onChange={(on) => setScopes((was) => (on ? [...was, right] : was.filter((one) => one !== right)))}
          />
        ))}
        {sent && scopes.length === 0 && <span className="error-text" role="alert">{words.scopeMissing}</span>}
      </div>
      <Field label={words.days} optional hint={words.daysHint} error={badDays}>
        {(tied) => <Input {...tied} inputMode="numeric" autoComplete="off" value={days} onChange={setDays} />}
      </Field>
    </FormDialog>
  );
}
