/** Changes one's own password. */
import { useEffect, useState, type SyntheticEvent } from "react";
import { api, Problem, wordsOf } from "../../api/client";
import { Field, Input, toast } from "../../kit";
import { text } from "../../messages/en";
import { CardForm } from "./CardForm";

const words = text.account.password;
const NAMES = ["old", "new", "again"] as const;
type Name = (typeof NAMES)[number];
const EMPTY: Readonly<Record<Name, string>> = { old: "", new: "", again: "" };

export function Password() {
  const [typed, setTyped] = useState(EMPTY);
  const [errors, setErrors] = useState<Partial<Record<Name, string>>>({});
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);

  // Who comes for the password alone is led to it.
  useEffect(() => {
    if (location.hash === "#password") document.getElementById(idOf("old"))?.focus();
  }, []);

  const refuse = (name: Name, message: string) => {
    setErrors({ [name]: message });
    document.getElementById(idOf(name))?.focus();
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
      toast(words.done);
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
    <CardForm id="password" title={words.title} error={failure} submit={words.button} busy={busy} onSubmit={(event) => void submit(event)}>
      {NAMES.map((name) => (
        <Field key={name} id={idOf(name)} label={words[name]} error={errors[name]}>
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
    </CardForm>
  );
}

function idOf(name: Name): string {
  return `password-${name}`;
}
