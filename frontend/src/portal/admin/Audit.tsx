/** The audit trail: who did what when, newest first. */
import { useState } from "react";
import { api } from "../../api/client";
import { useLoad } from "../../api/load";
import type { Me } from "../../api/session";
import { Button, Empty, Field, Input, Select, Skeleton, TableFrame, Tick, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { exactly } from "../../messages/words";
import { useQuery } from "../router";
import { useSettled } from "../settled";

const words = text.admin.audit;
const PAGE = 50;

export function Audit({ me }: { me: Me }) {
  const [user, setUser] = useQuery("user");
  const [action, setAction] = useQuery("action");
  const [everywhere, setEverywhere] = useState(me.rights.includes("operate"));
  const [after, setAfter] = useQuery("after");
  const query = useSettled(JSON.stringify({ user: user.trim(), action, everywhere, after, limit: PAGE }));
  const found = useLoad(`audit ${query}`, (signal) => api.get("/api/v1/audit", { query: JSON.parse(query) as { user: string }, signal }));
  const narrow = (change: () => void) => {
    setAfter("");
    change();
  };
  const items = found.data?.items ?? [];
  const next = found.data?.next ?? "";
  return (
    <>
      <h2>{text.admin.tabs.audit}</h2>
      <div className="filters">
        <Field label={words.user}>
          {(tied) => <Input {...tied} autoComplete="off" autoCapitalize="none" spellCheck={false} value={user} onChange={(value) => narrow(() => setUser(value))} />}
        </Field>
        <Field label={words.action}>
          {(tied) => (
            <Select {...tied} value={action} onChange={(value) => narrow(() => setAction(value))} choices={[{ value: "", label: words.all }, ...Object.entries(words.actions).map(([value, label]) => ({ value, label }))]} />
          )}
        </Field>
        {me.rights.includes("operate") && <Tick label={words.everywhere} checked={everywhere} onChange={(on) => narrow(() => setEverywhere(on))} />}
      </div>
      {found.error !== undefined && <Trouble error={found.error} onRetry={() => void found.reload()} />}
      {!found.data && found.loading && <Skeleton lines={8} />}
      {found.data && items.length === 0 && <Empty title={words.none} />}
      {items.length > 0 && (
        <div className="card">
          <TableFrame label={words.label}>
            <thead>
              <tr>
                <th scope="col">{words.at}</th>
                <th scope="col">{words.who}</th>
                <th scope="col">{words.what}</th>
                <th scope="col">{words.subject}</th>
                <th scope="col">{words.project}</th>
                <th scope="col">{words.from}</th>
                <th scope="col">{words.facts}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id}>
                  <td className="tabular"><time dateTime={one.at}>{exactly(one.at)}</time></td>
                  <td>
                    {one.user || <span className="muted">{words.nobody}</span>}
                    {one.api_token && <p className="muted small">{words.token} {one.api_token}</p>}
                  </td>
                  <td className="mono">{one.action}</td>
                  <td className="mono">{one.subject}</td>
                  <td>{one.project || <span className="muted">{words.platform}</span>}</td>
                  <td className="mono">{one.address}</td>
                  <td className="small">{Object.entries(one.facts).map(([name, value]) => `${name}: ${value}`).join(", ")}</td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        </div>
      )}
      <p className="row">
        {after && <Button onClick={() => setAfter("")}>{words.newest}</Button>}
        {next && <Button onClick={() => setAfter(next, { replace: false })}>{words.older}</Button>}
      </p>
    </>
  );
}
