/** Users: who they are and whether they may log in. */
import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useLoad } from "../../api/load";
import { everything } from "../../api/pages";
import type { Me } from "../../api/session";
import { Badge, Button, Field, Input, Select, Skeleton, TableFrame, Tick, toast, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { Ask, Day, FormDialog, Once, RoleTicks } from "./parts";
import { isLongEnough, mayBeEmail, type Role } from "./people";

const words = text.admin.users;
type User = Schemas["UserAnswer"];
type Doing = { what: "add" } | { what: "change" | "reset" | "remove"; user: User } | { what: "once"; name: string; password: string };

export function Users({ me }: { me: Me }) {
  const operates = me.rights.includes("operate");
  const [limit, setLimit] = useState(200);
  const found = useLoad(`users ${limit}`, (signal) => api.get("/api/v1/users", { query: { limit }, signal }));
  const [doing, setDoing] = useState<Doing | null>(null);
  const done = (said?: string) => {
    setDoing(null);
    if (said) toast(said);
    void found.reload();
  };
  return (
    <>
      <div className="row spread">
        <h2>{words.label}</h2>
        <Button kind="primary" onClick={() => setDoing({ what: "add" })}>{words.add}</Button>
      </div>
      {found.error !== undefined && <Trouble error={found.error} onRetry={() => void found.reload()} />}
      {!found.data && found.loading && <Skeleton />}
      {found.data && <List users={found.data.items} operates={operates} onDo={setDoing} />}
      {found.data?.next && limit < 1000 ? <p><Button onClick={() => setLimit(1000)}>{text.admin.more}</Button></p> : null}
      {doing?.what === "add" && <Add me={me} onClose={() => setDoing(null)} onMade={(name, password) => {
        done(words.made(name));
        if (password) setDoing({ what: "once", name, password });
      }} />}
      {doing?.what === "change" && <Change user={doing.user} onClose={() => setDoing(null)} onDone={() => done(words.changed(doing.user.name))} />}
      {doing?.what === "reset" && (
        <Ask title={words.resetTitle(doing.user.name)} hint={words.resetHint} yes={words.reset} onClose={() => setDoing(null)} onYes={async () => {
          const { password } = await api.post("/api/v1/users/{user}/password-reset", { path: { user: doing.user.name } });
          setDoing({ what: "once", name: doing.user.name, password });
        }} />
      )}
      {doing?.what === "remove" && (
        <Ask title={words.removeTitle(doing.user.name)} hint={words.removeHint} yes={words.remove} onClose={() => setDoing(null)} onYes={async () => {
          await api.delete("/api/v1/users/{user}", { path: { user: doing.user.name } });
          done(words.removed(doing.user.name));
        }} />
      )}
      {doing?.what === "once" && <Once title={words.madeTitle(doing.name)} secret={doing.password} onClose={() => setDoing(null)} />}
    </>
  );
}

function List({ users, operates, onDo }: { users: readonly User[]; operates: boolean; onDo: (doing: Doing) => void }) {
  return (
    <div className="card">
      <TableFrame label={words.label}>
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{words.email}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.since}</th>
            {operates && <th scope="col">{text.admin.actions}</th>}
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={user.id}>
              <th scope="row">
                {user.name} {user.administrator && <span className="chip">{words.administrator}</span>}
                {user.description && <p className="muted small">{user.description}</p>}
              </th>
              <td>{user.email}</td>
              <td><Badge tone={user.active ? "good" : "off"}>{user.active ? words.active : words.inactive}</Badge></td>
              <td><Day at={user.created_at} /></td>
              {operates && (
                <td>
                  <span className="row">
                    <Button small aria-label={words.changeOf(user.name)} onClick={() => onDo({ what: "change", user })}>{words.change}</Button>
                    <Button small aria-label={words.resetOf(user.name)} onClick={() => onDo({ what: "reset", user })}>{words.reset}</Button>
                    <Button small kind="danger" aria-label={words.removeOf(user.name)} onClick={() => onDo({ what: "remove", user })}>{words.remove}</Button>
                  </span>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </div>
  );
}

function Add({ me, onClose, onMade }: { me: Me; onClose: () => void; onMade: (name: string, password: string | null) => void }) {
  const operates = me.rights.includes("operate");
  const projects = useLoad("projects", (signal) => everything((query) => api.get("/api/v1/projects", { query, signal }))).data?.items ?? [];
  const names = operates ? projects.map((one) => one.name) : [me.project];
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [description, setDescription] = useState("");
  const [project, setProject] = useState(me.project);
  const [roles, setRoles] = useState<Role[]>(["user", "developer"]);
  const [password, setPassword] = useState("");
  const [administrator, setAdministrator] = useState(false);
  const [sent, setSent] = useState(false);
  const bad = {
    name: name.trim() ? undefined : words.nameMissing,
    email: mayBeEmail(email) ? undefined : words.emailBad,
    password: password === "" || isLongEnough(password) ? undefined : words.passwordShort,
  };
  const submit = () => {
    setSent(true);
    if (bad.name || bad.email || bad.password) return false;
    return api
      .post("/api/v1/users", { body: { name: name.trim(), email: email.trim(), description: description.trim(), project, roles, password: password || null, administrator } })
      .then((made) => onMade(made.name, made.password));
  };
  const said = (error: string | undefined) => (sent ? error : undefined);
  return (
    <FormDialog title={words.add} submit={words.make} onSubmit={submit} onClose={onClose}>
      <Field label={words.name} error={said(bad.name)}>
        {(tied) => <Input {...tied} autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} value={name} onChange={setName} maxLength={200} />}
      </Field>
      <Field label={words.email} optional error={said(bad.email)}>
        {(tied) => <Input {...tied} type="email" autoComplete="off" value={email} onChange={setEmail} maxLength={300} />}
      </Field>
      <Field label={words.description} optional>
        {(tied) => <Input {...tied} value={description} onChange={setDescription} maxLength={2000} />}
      </Field>
      <Field label={words.project}>
        {(tied) => <Select {...tied} value={project} onChange={setProject} choices={(names.includes(project) ? names : [project, ...names]).map((one) => ({ value: one, label: one }))} />}
      </Field>
      <RoleTicks label={words.inProject} roles={roles} onChange={setRoles} />
      <Field label={words.password} optional hint={words.passwordHint} error={said(bad.password)}>
        {(tied) => <Input {...tied} type="password" autoComplete="new-password" value={password} onChange={setPassword} />}
      </Field>
      {operates && <Tick label={words.administrator} checked={administrator} onChange={setAdministrator} />}
    </FormDialog>
  );
}

function Change({ user, onClose, onDone }: { user: User; onClose: () => void; onDone: () => void }) {
  const [email, setEmail] = useState(user.email);
  const [description, setDescription] = useState(user.description);
  const [active, setActive] = useState(user.active);
  const [administrator, setAdministrator] = useState(user.administrator);
  const bad = mayBeEmail(email) ? undefined : words.emailBad;
  const submit = () => {
    if (bad) return false;
    return api
      .patch("/api/v1/users/{user}", { path: { user: user.name }, body: { email: email.trim(), description: description.trim(), active, administrator } })
      .then(onDone);
  };
  return (
    <FormDialog title={words.changeOf(user.name)} submit={words.save} onSubmit={submit} onClose={onClose}>
      <Field label={words.email} optional error={bad}>
        {(tied) => <Input {...tied} autoFocus type="email" autoComplete="off" value={email} onChange={setEmail} maxLength={300} />}
      </Field>
      <Field label={words.description} optional>
        {(tied) => <Input {...tied} value={description} onChange={setDescription} maxLength={2000} />}
      </Field>
      <Tick label={words.mayLogIn} checked={active} onChange={setActive} />
      <Tick label={words.administrator} checked={administrator} onChange={setAdministrator} />
    </FormDialog>
  );
}
