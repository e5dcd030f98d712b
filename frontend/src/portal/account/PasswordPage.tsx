/** Change one's own password. */
import { useState, type SyntheticEvent } from "react";
import { api, Problem, wordsOf } from "../../api/client";
import { Button, Field, Input, Notice } from "../../kit";
import { text } from "../../messages/en";
import { Link } from "../router";
import { useTitle } from "../title";

const words = text.account.password;
const NAMES = ["old", "new", "again"] as const;
type Name = (typeof NAMES)[number];
const EMPTY: Readonly<Record<Name, string>> = { old: "", new: "", again: "" };

export default function PasswordPage() {
  useTitle(words.title);
  const [typed, setTyped] = useState(EMPTY);
  const [errors, setErrors] = useState<Partial<Record<Name, string>>>({});
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);

  const refuse = (name: Name, message: string) => {
    setErrors({ [name]: message });
    document.getElementById(name)?.focus();
  };
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy) return;
    setErrors({});
    setFailure("");
    const missing = NAMES.find((name) => typed[name] === "");
    if (missing) { refuse(missing, words.missing); return; }
    if (typed.new !== typed.again) { refuse("again", words.differ); return; }
    setBusy(true);
    try {
      await api.put("/api/v1/me/password", { body: { old: typed.old, new: typed.new } });
      setDone(true);
      setTyped(EMPTY);
    } catch (error) {
      const code = error instanceof Problem ? error.code : "";
      if (code === "log-in-failed") refuse("old", wordsOf(error));
      else if (code === "bad-password" || code === "invalid-request") refuse("new", wordsOf(error));
      else setFailure(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="narrow stack">
      <h1>{words.title}</h1>
      {done ? (
        <>
          <div role="status"><Notice tone="good"><p>{words.done}</p></Notice></div>
          <p><Link className="button" to="/">{words.home}</Link></p>
        </>
      ) : (
        <form className="card sheet stack" noValidate onSubmit={(event) => void submit(event)}>
          {failure && <Notice tone="bad" alert title={words.failed}><p>{failure}</p></Notice>}
          {NAMES.map((name) => (
            <Field key={name} id={name} label={words[name]} error={errors[name]}>
              {(tied) => (
                <Input
                  {...tied}
                  type="password"
                  autoComplete={name === "old" ? "current-password" : "new-password"}
                  value={typed[name]}
                  onChange={(value) => setTyped({ ...typed, [name]: value })}
                />
              )}
            </Field>
          ))}
          <div className="row">
            <Button type="submit" kind="primary" busy={busy}>{words.button}</Button>
            <Link className="button quiet" to="/">{words.cancel}</Link>
          </div>
        </form>
      )}
    </div>
  );
}
