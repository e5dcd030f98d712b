/** A document from a file becomes a draft: what is in it is shown before anything is saved. */
import { useEffect, useId, useRef, useState } from "react";
import { Problem, wordsOf } from "../../api/client";
import { useLoad } from "../../api/load";
import { FileProblems } from "../../editor/FileProblems";
import { ACCEPT, keepAsDraft, MOST_BYTES, previewOf, toldOf, type Preview } from "../../editor/files";
import { Button, Field, Input, Notice, Skeleton, toast, Trouble } from "../../kit";
import { FileDrop } from "../../kit/drop";
import { edit } from "../../messages/en/edit";
import { ago, size } from "../../messages/words";
import { Link, navigate } from "../router";
import { useSettled } from "../settled";
import { nameFor } from "./names";
import "./from_file.css";

const text = edit.file;

interface Chosen {
  readonly file: File;
  readonly text: string;
  /** Tells this choice from every other one. */
  readonly number: number;
}

let count = 0;

export function FromFile() {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [refusal, setRefusal] = useState("");
  const said = useId();
  const take = async (file: File | undefined) => {
    if (!file) return;
    setChosen(null);
    setRefusal(file.size > MOST_BYTES ? text.tooLarge : "");
    count += 1;
    const number = count;
    if (file.size > MOST_BYTES) return;
    try {
      const words = await file.text();
      if (number === count) setChosen({ file, text: words, number });
    } catch {
      if (number === count) setRefusal(text.notRead); // a folder, or gone meanwhile
    }
  };
  return (
    <section className="stack" aria-label={text.title}>
      <h2>{text.title}</h2>
      <FileDrop
        title={chosen?.file.name ?? text.choose}
        hint={refusal || (chosen ? size(chosen.file.size) : text.drop)}
        hintId={said}
        wrong={refusal !== ""}
        className={refusal === "" ? "none" : "wrong"}
        accept={ACCEPT}
        onFiles={(files) => void take(files[0])}
      />
      {chosen && <Look key={chosen.number} chosen={chosen} />}
    </section>
  );
}

function Look({ chosen }: { chosen: Chosen }) {
  const [typed, setTyped] = useState<string | null>(null);
  const name = useSettled(typed ?? "");
  const look = useLoad(`preview ${chosen.number} ${name}`, (signal) => previewOf(chosen.file, name, signal));
  const newest = useRef<Preview>(undefined);
  useEffect(() => {
    if (look.data) newest.current = look.data;
  }, [look.data]);
  const badName = look.error instanceof Problem && look.error.code === "bad-workflow-name";
  // While another name is looked up, what is known of the file stays.
  const found = look.data ?? (badName || look.loading ? newest.current : undefined);
  if (look.error !== undefined && !badName) return <Trouble title={text.trouble} error={look.error} onRetry={() => void look.reload()} />;
  if (!found) return <Skeleton lines={3} label={text.looking} />;
  const told = toldOf(found, chosen.text);
  if (!found.readable) {
    return (
      <Notice tone="bad" alert title={text.unreadable(chosen.file.name)}>
        <FileProblems told={told} label={text.problems} />
      </Notice>
    );
  }
  const settled = look.data !== undefined && (typed ?? "") === name;
  return (
    <div className="card from-file">
      <div>
        <h3>{found.title}</h3>
        <p className="muted small">{text.facts(found.steps, found.inputs.length, found.outputs.length)}</p>
      </div>
      {found.description && <p>{found.description}</p>}
      <p role="status" className={found.problems.length > 0 ? "error-text" : "muted"}>
        {found.problems.length > 0 ? text.cannotRun(found.problems.length) : text.good}
      </p>
      <FileProblems told={told} label={text.problems} />
      <Field label={text.name} hint={text.nameHint} error={badName ? wordsOf(look.error) : undefined}>
        {(tied) => <Input {...tied} className="mono" spellCheck={false} value={typed ?? found.name} onChange={setTyped} />}
      </Field>
      <Keep chosen={chosen} preview={found} ready={settled} onName={setTyped} onStale={() => void look.reload()} />
    </div>
  );
}

interface KeepProps {
  chosen: Chosen;
  preview: Preview;
  ready: boolean;
  onName: (name: string) => void;
  onStale: () => void;
}

/** Saves it; if there is a workflow of its name, after that one's newest version or under another name. */
function Keep({ chosen, preview, ready, onName, onStale }: KeepProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const there = preview.there;
  const at = `/workflows/${encodeURIComponent(preview.name)}/edit`;
  const keep = async () => {
    setBusy(true);
    setError("");
    try {
      const kept = await keepAsDraft(chosen.file, preview, text.from(chosen.file.name));
      toast(text.kept(kept.name, kept.version));
      navigate(at);
    } catch (failure) {
      const stale = failure instanceof Problem && (failure.status === 412 || failure.code === "changed-meanwhile");
      setError(stale ? text.meanwhile : wordsOf(failure));
      if (stale) onStale();
      setBusy(false);
    }
  };
  return (
    <>
      {there && (
        <Notice tone="ask" title={text.there(preview.name)}>
          <p>{preview.is_new ? text.thereHint(there.version, there.author, ago(there.saved_at, new Date())) : text.same}</p>
        </Notice>
      )}
      {error && <Notice tone="bad" alert><p>{error}</p></Notice>}
      <div className="row">
        {there && !preview.is_new ? (
          <Link className="button primary" to={at}>{text.open}</Link>
        ) : (
          <Button kind="primary" busy={busy} aria-disabled={!ready} onClick={() => void keep()}>
            {there ? text.keepAfter(there.version + 1, preview.name) : text.keep}
          </Button>
        )}
        {there && <Button onClick={() => onName(nameFor(`${preview.name}_${there.version + 1}`))}>{text.another}</Button>}
      </div>
    </>
  );
}
