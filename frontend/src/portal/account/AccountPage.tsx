/** One's own account: e-mail address, password, API tokens. */
import { useState, type SyntheticEvent } from "react";
import { api, wordsOf } from "../../api/client";
import { findOut, useMe, type Me } from "../../api/session";
import { Field, Input, toast } from "../../kit";
import { text } from "../../messages/en";
import { mayBeEmail } from "../admin/people";
import { OwnTokens } from "../admin/Tokens";
import { useTitle } from "../title";
import { CardForm } from "./CardForm";
import { Password } from "./Password";
import "../services/services.css";

const words = text.admin.account;

export default function Account() {
  useTitle(words.title);
  const me = useMe();
  if (!me) return null;
  return (
    <>
      <div className="page-head"><h1>{words.title}</h1></div>
      <div className="stack">
        <section className="card panel">
          <h2>{words.who}</h2>
          <dl className="facts">
            <dt>{words.user}</dt><dd>{me.user}</dd>
            <dt>{words.project}</dt><dd>{me.project}</dd>
            <dt>{words.roles}</dt><dd>{me.roles.join(", ") || words.noRoles}</dd>
            <dt>{words.rights}</dt><dd>{me.rights.map((right) => words.right[right]).join(", ")}</dd>
          </dl>
        </section>
        <Email me={me} />
        <Password />
        <OwnTokens me={me} />
      </div>
    </>
  );
}

function Email({ me }: { me: Me }) {
  const [email, setEmail] = useState(me.email);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const bad = mayBeEmail(email) ? undefined : text.admin.users.emailBad;
  const save = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy || bad) return;
    setBusy(true);
    setError("");
    try {
      await api.put("/api/v1/me/email", { body: { email: email.trim() } });
      toast(words.emailSaved);
      await findOut();
    } catch (refused) {
      setError(wordsOf(refused));
    } finally {
      setBusy(false);
    }
  };
  return (
    <CardForm title={words.email} error={error} submit={words.saveEmail} busy={busy} onSubmit={(event) => void save(event)}>
      <Field label={words.email} hint={words.emailHint} error={bad}>
        {(tied) => <Input {...tied} type="email" autoComplete="email" value={email} onChange={setEmail} maxLength={300} />}
      </Field>
    </CardForm>
  );
}
