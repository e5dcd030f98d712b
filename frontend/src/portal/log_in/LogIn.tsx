/** The log-in. */
import { useEffect, useState, type SyntheticEvent } from "react";
import { Problem, wordsOf } from "../../api/client";
import { logIn, useMe } from "../../api/session";
import { Button, Field, Input, Notice } from "../../kit";
import { text } from "../../messages/en";
import { navigate, useHere } from "../router";
import { useTitle } from "../title";

const words = text.shell.logIn;

/** Gives an address of ours, whatever was asked for: a log-in leads nowhere else. */
export function local(where: string | null): string {
  if (!where?.startsWith("/") || /^\/[/\\]/.test(where)) return "/";
  return where;
}

export function LogIn() {
  useTitle(words.title);
  const me = useMe();
  const goOn = local(useHere().searchParams.get("next"));
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [project, setProject] = useState("");
  const [asksProject, setAsksProject] = useState(false);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (me) navigate(goOn, { replace: true });
  }, [me, goOn]);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy) return;
    if (!user.trim() || !password) {
      setError(words.missing);
      document.getElementById(user.trim() ? "password" : "user")?.focus();
      return;
    }
    setBusy(true);
    setError("");
    try {
      await logIn(user.trim(), password, project.trim());
    } catch (refused) {
      setError(wordsOf(refused));
      if (refused instanceof Problem && refused.code === "project-needed") {
        setAsksProject(true);
        setTimeout(() => document.getElementById("project")?.focus());
      } else {
        setPassword("");
        document.getElementById("password")?.focus();
      }
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="log-in">
      <header>
        <img src={`${import.meta.env.BASE_URL}mark.svg`} alt="" width="52" height="52" />
        <h1>{text.shell.product}</h1>
        <p className="muted">{words.lead}</p>
      </header>
      <form className="card" onSubmit={(event) => void submit(event)} noValidate>
        {error && (
          <Notice tone="bad" alert>
            <p>{error}</p>
          </Notice>
        )}
        <Field label={words.user} id="user">
          {(tied) => <Input {...tied} autoFocus autoComplete="username" autoCapitalize="none" spellCheck={false} value={user} onChange={setUser} />}
        </Field>
        <Field label={words.password} id="password">
          {(tied) => <Input {...tied} type="password" autoComplete="current-password" value={password} onChange={setPassword} />}
        </Field>
        {(asksProject || project) && (
          <Field label={words.project} id="project">
            {(tied) => <Input {...tied} autoComplete="off" value={project} onChange={setProject} />}
          </Field>
        )}
        <Button type="submit" kind="primary" busy={busy}>
          {words.button}
        </Button>
      </form>
    </div>
  );
}
