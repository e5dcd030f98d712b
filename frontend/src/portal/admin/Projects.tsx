/** Projects, and who works there in which roles. */
import { useState } from "react";
import { api, wordsOf, type Schemas } from "../../api/client";
import { useLoad } from "../../api/load";
import { everything } from "../../api/pages";
import type { Me } from "../../api/session";
import { Button, Empty, Field, Input, Skeleton, TableFrame, toast, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { useQuery } from "../router";
import { Ask, Day, FormDialog, RoleTicks } from "./parts";
import { ROLES, toggled, type Role } from "./people";

const words = text.admin.projects;
type Project = Schemas["ProjectAnswer"];

export function Projects({ me }: { me: Me }) {
  const operates = me.rights.includes("operate");
  const found = useLoad("projects", (signal) => everything((query) => api.get("/api/v1/projects", { query, signal })));
  const [asked, setAsked] = useQuery("project");
  const [adding, setAdding] = useState(false);
  const [closing, setClosing] = useState<Project | null>(null);
  const projects = (found.data?.items ?? []).filter((one) => operates || one.name === me.project);
  const shown = asked || me.project;
  return (
    <>
      <div className="row spread">
        <h2>{words.label}</h2>
        {operates && <Button kind="primary" onClick={() => setAdding(true)}>{words.add}</Button>}
      </div>
      {found.error !== undefined && <Trouble error={found.error} onRetry={() => void found.reload()} />}
      {!found.data && found.loading && <Skeleton />}
      {found.data && (
        <div className="card">
          <TableFrame label={words.label}>
            <thead>
              <tr><th scope="col">{words.name}</th><th scope="col">{words.description}</th><th scope="col">{words.since}</th><th scope="col">{text.admin.actions}</th></tr>
            </thead>
            <tbody>
              {projects.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{one.name}</th>
                  <td>{one.description}</td>
                  <td><Day at={one.created_at} /></td>
                  <td>
                    <span className="row">
                      <Button small aria-pressed={one.name === shown} aria-label={words.showMembersOf(one.name)} onClick={() => setAsked(one.name)}>{words.showMembers}</Button>
                      {operates && <Button small kind="danger" aria-label={words.closeOf(one.name)} onClick={() => setClosing(one)}>{words.close}</Button>}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        </div>
      )}
      <Members key={shown} project={shown} />
      {adding && <Add onClose={() => setAdding(false)} onMade={(name) => {
        setAdding(false);
        toast(words.made(name));
        setAsked(name);
        void found.reload();
      }} />}
      {closing && (
        <Ask title={words.closeTitle(closing.name)} hint={words.closeHint} yes={words.close} onClose={() => setClosing(null)} onYes={async () => {
          await api.delete("/api/v1/projects/{project}", { path: { project: closing.name } });
          setClosing(null);
          toast(words.closed(closing.name));
          if (closing.name === asked) setAsked("");
          void found.reload();
        }} />
      )}
    </>
  );
}

function Add({ onClose, onMade }: { onClose: () => void; onMade: (name: string) => void }) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [sent, setSent] = useState(false);
  const submit = () => {
    setSent(true);
    if (!name.trim()) return false;
    return api.post("/api/v1/projects", { body: { name: name.trim(), description: description.trim() } }).then((made) => onMade(made.name));
  };
  return (
    <FormDialog title={words.add} submit={words.make} onSubmit={submit} onClose={onClose}>
      <Field label={words.name} error={sent && !name.trim() ? words.nameMissing : undefined}>
        {(tied) => <Input {...tied} autoFocus autoComplete="off" value={name} onChange={setName} maxLength={200} />}
      </Field>
      <Field label={words.description} optional>
        {(tied) => <Input {...tied} value={description} onChange={setDescription} maxLength={2000} />}
      </Field>
    </FormDialog>
  );
}

function Members({ project }: { project: string }) {
  const found = useLoad(`members ${project}`, (signal) =>
    everything((query) => api.get("/api/v1/projects/{project}/members", { path: { project }, query, signal })),
  );
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string | null>(null);
  const members = found.data?.items ?? [];
  const put = async (user: string, roles: Role[]) => {
    // Shown at once; what the platform has is read again afterwards.
    found.put({ next: "", items: members.map((one) => (one.user === user ? { ...one, roles } : one)) });
    try {
      await api.put("/api/v1/projects/{project}/members/{user}", { path: { project, user }, body: { roles } });
      toast(words.changed(user));
    } catch (refused) {
      toast(wordsOf(refused));
    }
    void found.reload();
  };
  return (
    <section className="stack">
      <div className="row spread">
        <h2>{words.members(project)}</h2>
        <Button onClick={() => setAdding(true)}>{words.addMember}</Button>
      </div>
      {found.error !== undefined && <Trouble error={found.error} onRetry={() => void found.reload()} />}
      {!found.data && found.loading && <Skeleton />}
      {found.data && members.length === 0 && <Empty title={words.noMembers} />}
      {members.length > 0 && (
        <div className="card">
          <TableFrame label={words.members(project)}>
            <thead>
              <tr>
                <th scope="col">{words.user}</th>
                {ROLES.map((role) => <th scope="col" key={role}>{text.admin.roles.names[role]}</th>)}
                <th scope="col">{words.since}</th>
                <th scope="col">{text.admin.actions}</th>
              </tr>
            </thead>
            <tbody>
              {members.map((member) => (
                <tr key={member.user}>
                  <th scope="row">{member.user}</th>
                  {ROLES.map((role) => (
                    <td key={role} className="tick">
                      <input
                        type="checkbox"
                        aria-label={words.roleOf(text.admin.roles.names[role], member.user)}
                        checked={member.roles.includes(role)}
                        onChange={(event) => void put(member.user, toggled(member.roles, role, event.target.checked))}
                      />
                    </td>
                  ))}
                  <td><Day at={member.since} /></td>
                  <td><Button small kind="danger" aria-label={words.removeMemberOf(member.user)} onClick={() => setRemoving(member.user)}>{words.removeMember}</Button></td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        </div>
      )}
      {adding && <AddMember project={project} onClose={() => setAdding(false)} onDone={(user) => {
        setAdding(false);
        toast(words.memberAdded(user, project));
        void found.reload();
      }} />}
      {removing && (
        <Ask title={words.removeMemberOf(removing)} hint={words.memberRemoved(removing, project)} yes={words.removeMember} onClose={() => setRemoving(null)} onYes={async () => {
          await api.delete("/api/v1/projects/{project}/members/{user}", { path: { project, user: removing } });
          toast(words.memberRemoved(removing, project));
          setRemoving(null);
          void found.reload();
        }} />
      )}
    </section>
  );
}

function AddMember({ project, onClose, onDone }: { project: string; onClose: () => void; onDone: (user: string) => void }) {
  const known = useLoad("users all", (signal) => everything((query) => api.get("/api/v1/users", { query, signal }))).data?.items ?? [];
  const [user, setUser] = useState("");
  const [roles, setRoles] = useState<Role[]>(["user", "developer"]);
  const [sent, setSent] = useState(false);
  const submit = () => {
    setSent(true);
    const name = user.trim();
    if (!name) return false;
    return api.put("/api/v1/projects/{project}/members/{user}", { path: { project, user: name }, body: { roles } }).then(() => onDone(name));
  };
  return (
    <FormDialog title={words.addMember} submit={words.add_} onSubmit={submit} onClose={onClose}>
      <Field label={words.user} error={sent && !user.trim() ? words.userMissing : undefined}>
        {(tied) => (
          <>
            <Input {...tied} autoFocus list={`${tied.id}-list`} autoComplete="off" autoCapitalize="none" spellCheck={false} value={user} onChange={setUser} maxLength={200} />
            <datalist id={`${tied.id}-list`}>{known.map((one) => <option key={one.id} value={one.name} />)}</datalist>
          </>
        )}
      </Field>
      <RoleTicks label={text.admin.users.inProject} roles={roles} onChange={setRoles} />
    </FormDialog>
  );
}
