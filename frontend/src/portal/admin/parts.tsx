/** What several admin pages show. */
import { useId, useState, type ReactNode, type SyntheticEvent } from "react";
import { api, wordsOf } from "../../api/client";
import { useLoad } from "../../api/load";
import { Button, Confirm, Dialog, Notice, Tick, toast } from "../../kit";
import { text } from "../../messages/en";
import { exactly } from "../../messages/words";
import { ROLES, toggled, type Role } from "./people";

const words = text.admin;

/** A secret that is shown this once. */
export function Once({ title, secret, onClose }: { title: string; secret: string; onClose: () => void }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      toast(words.copied);
    } catch (error) {
      toast(wordsOf(error));
    }
  };
  return (
    <Dialog open title={title} onClose={onClose} actions={<Button kind="primary" autoFocus onClick={onClose}>{words.done}</Button>}>
      <p>{words.once}</p>
      <p className="secret-once"><code>{secret}</code><Button small onClick={() => void copy()}>{words.copy}</Button></p>
    </Dialog>
  );
}

interface FormProps {
  title: string;
  submit: string;
  /** Gives false if something is not right yet. */
  onSubmit: () => Promise<void> | false;
  onClose: () => void;
  children: ReactNode;
}

/** A form in a dialog that stays open, with the reason, while it is refused. */
export function FormDialog({ title, submit, onSubmit, onClose, children }: FormProps) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const go = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy) return;
    const sent = onSubmit();
    if (sent === false) return;
    setBusy(true);
    setError("");
    try {
      await sent;
    } catch (refused) {
      setError(wordsOf(refused));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open title={title} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void go(event)} noValidate>
        {children}
        {error && <Notice tone="bad" alert title={words.users.refused}><p>{error}</p></Notice>}
        <div className="dialog-actions">
          <Button onClick={onClose}>{text.kit.cancel}</Button>
          <Button type="submit" kind="primary" busy={busy}>{submit}</Button>
        </div>
      </form>
    </Dialog>
  );
}

interface AskProps {
  title: string;
  hint: string;
  yes: string;
  onYes: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something that cannot be taken back, and says why it was refused. */
export function Ask({ title, hint, yes, onYes, onClose }: AskProps) {
  const [error, setError] = useState("");
  const go = async () => {
    setError("");
    try {
      await onYes();
    } catch (refused) {
      setError(wordsOf(refused));
    }
  };
  return (
    <Confirm open danger title={title} yes={yes} onYes={go} onClose={onClose}>
      <div className="stack">
        <p>{hint}</p>
        {error && <Notice tone="bad" alert title={words.users.refused}><p>{error}</p></Notice>}
      </div>
    </Confirm>
  );
}

/** Ticks for the roles of a member, each with what it may. */
export function RoleTicks({ label, roles, onChange }: { label: string; roles: readonly string[]; onChange: (roles: Role[]) => void }) {
  const known = useRoles();
  const id = useId();
  return (
    <div className="field" role="group" aria-labelledby={id}>
      <span className="label" id={id}>{label}</span>
      {ROLES.map((role) => (
        <Tick
          key={role}
          label={words.roles.names[role]}
          hint={known.find((one) => one.role === role)?.description}
          checked={roles.includes(role)}
          onChange={(on) => onChange(toggled(roles, role, on))}
        />
      ))}
    </div>
  );
}

export function useRoles() {
  return useLoad("roles", (signal) => api.get("/api/v1/roles", { signal })).data?.items ?? [];
}

export function Day({ at }: { at: string }) {
  return <time dateTime={at} title={exactly(at)}>{new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" })}</time>;
}
