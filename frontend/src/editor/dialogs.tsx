/** What the editor asks: how to publish, which version, what to do about somebody else's. */
import { useEffect, useState } from "react";
import { address, api, wordsOf, type Schemas } from "../api/client";
import { everything } from "../api/pages";
import { exactly } from "../messages/words";
import { nameOf } from "../graph/document";
import { isName } from "../graph/rules";
import { Button, Field, Input, TextArea } from "../kit/controls";
import { Dialog, Notice } from "../kit/frames";
import { toast } from "../kit/toasts";
import { editor } from "../messages/en/editor";
import { useEditing, useState_ } from "./context";
import { loadDocument, type Saver } from "./saving";

interface Props {
  readonly saver: Saver;
  readonly onClose: () => void;
}

export function PublishDialog({ saver, category, onClose }: Props & { category: string }) {
  const text = editor.publish;
  const { store } = useEditing();
  const problems = useState_((state) => state.judged.problems.length);
  const [title, setTitle] = useState(store.doc.title);
  const [description, setDescription] = useState(store.doc.description);
  const [shelf, setShelf] = useState(category);
  const [picture, setPicture] = useState<File | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const [harm, setHarm] = useState<Schemas["PublishedAnswer"] | null>(null);
  const go = async (force = false) => {
    setBusy(true);
    setError("");
    try {
      store.change({ ...store.doc, title, description }, "title");
      await saver.save({ keep: true });
      const state = saver.get();
      if (state.saved !== "saved") throw new Error(state.words === "" ? editor.saving[state.saved] : state.words);
      const name = nameOf(store.doc.uri);
      const order = { path: { name }, body: { version: state.version, category: shelf } };
      const told = force ? null : await api.post("/api/v1/workflows/{name}/publish", { ...order, query: { dry_run: true } });
      if (told && (told.breaks.some((one) => one.published) || told.breaks_elsewhere > 0)) {
        setHarm(told);
        return;
      }
      const published = await api.post("/api/v1/workflows/{name}/publish", { ...order, query: { force } });
      if (picture) await api.put("/api/v1/workflows/{name}/picture", { path: { name }, raw: picture, type: picture.type });
      saver.begin(store.doc, published.version, published.published_version);
      toast(text.done);
      store.say(text.done);
      onClose();
    } catch (failure) {
      setError(wordsOf(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title={text.title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button kind={harm ? "danger" : "primary"} busy={busy} aria-disabled={problems > 0} onClick={() => void go(harm !== null)}>{harm ? text.force : text.go}</Button>
        </>
      }
    >
      <div className="stack">
        {problems > 0 && <p className="error-text" role="status">{text.problems} {editor.problems(problems)}.</p>}
        <Field label={text.titleField}>{(tied) => <Input {...tied} value={title} onChange={setTitle} />}</Field>
        <Field label={text.description} optional>{(tied) => <TextArea {...tied} rows={3} value={description} onChange={setDescription} />}</Field>
        <Field label={text.category} optional>{(tied) => <Input {...tied} value={shelf} onChange={setShelf} />}</Field>
        <Field label={text.picture} hint={text.pictureHint} optional>
          {(tied) => <input {...tied} className="input" type="file" accept="image/png,image/jpeg,image/webp" onChange={(event) => setPicture(event.target.files?.[0] ?? null)} />}
        </Field>
        {harm && <Harm harm={harm} />}
        {error !== "" && <p className="error-text" role="alert">{error}</p>}
      </div>
    </Dialog>
  );
}

/** What uses this workflow and could no longer run. */
function Harm({ harm }: { harm: Schemas["PublishedAnswer"] }) {
  const text = editor.publish;
  return (
    <Notice tone="bad" title={text.breaks} alert>
      <ul className="bullets">
        {harm.breaks.map((one) => (
          <li key={`${one.workflow} ${one.version}`}>
            {one.workflow} <span className="muted">({one.published ? editor.versions.published : editor.versions.draft})</span>
            {one.problems.map((problem) => <p key={problem.place + problem.code} className="small">{problem.message}</p>)}
          </li>
        ))}
        {harm.breaks_elsewhere > 0 && <li>{text.elsewhere(harm.breaks_elsewhere)}</li>}
      </ul>
      <p>{text.breaksHint}</p>
    </Notice>
  );
}

export function VersionsDialog({ saver, onClose }: Props) {
  const text = editor.versions;
  const { store } = useEditing();
  const name = nameOf(store.doc.uri);
  const [versions, setVersions] = useState<readonly Schemas["VersionAnswer"][] | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    everything((query) => api.get("/api/v1/workflows/{name}/versions", { path: { name }, query })).then(
      (found) => setVersions(found.items),
      (failure: unknown) => setError(wordsOf(failure)),
    );
  }, [name]);
  const restore = async (version: number) => {
    try {
      await saver.save({ keep: true });
      await api.post("/api/v1/workflows/{name}/versions/{version}/restore", { path: { name, version }, query: { expected_version: saver.get().version } });
      const card = await api.get("/api/v1/workflows/{name}", { path: { name } });
      store.change(await loadDocument(name), "restore");
      saver.begin(store.doc, card.version, card.published_version);
      toast(text.restored);
      onClose();
    } catch (failure) {
      setError(wordsOf(failure));
    }
  };
  return (
    <Dialog open title={text.title} onClose={onClose} wide>
      {error !== "" && <p className="error-text" role="alert">{error}</p>}
      {versions?.length === 0 && <p className="muted">{text.none}</p>}
      <ol className="versions">
        {versions?.map((one, index) => (
          <li key={one.version} className="row spread">
            <span>
              <strong>{one.version}</strong> {one.published ? `· ${text.published}` : one.draft ? `· ${text.draft}` : ""}
              <span className="muted small"> {text.by(one.author, exactly(one.saved_at))} {one.comment}</span>
            </span>
            <span className="row">
              <FileLinks name={name} version={one.version} />
              {index > 0 && <Button small aria-label={`${text.restore} ${one.version}`} onClick={() => void restore(one.version)}>{text.restore}</Button>}
            </span>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

/** A version as a file. */
function FileLinks({ name, version }: { name: string; version: number }) {
  return (["json", "xml"] as const).map((form) => (
    <a
      key={form}
      className="small"
      download={`${name}-${version}.${form}`}
      href={address("/api/v1/workflows/{name}/document", { path: { name }, query: { form, version } })}
      aria-label={editor.versions.file(version, form.toUpperCase())}
    >
      {form.toUpperCase()}
    </a>
  ));
}

export function ConflictDialog({ saver, words, onClose }: Props & { words: string }) {
  const text = editor.conflict;
  const { store } = useEditing();
  const [copy, setCopy] = useState(`${nameOf(store.doc.uri)}_copy`);
  const [error, setError] = useState("");
  const act = (work: () => Promise<void>) => {
    work().then(onClose, (failure: unknown) => setError(wordsOf(failure)));
  };
  const theirs = async () => {
    const name = nameOf(store.doc.uri);
    const card = await api.get("/api/v1/workflows/{name}", { path: { name } });
    store.change(await loadDocument(name), "theirs");
    saver.begin(store.doc, card.version, card.published_version);
  };
  const mine = async () => {
    await saver.save({ over: true, keep: true });
  };
  const under = async () => {
    const uri = store.doc.uri.replaceAll(nameOf(store.doc.uri), copy);
    store.change({ ...store.doc, uri }, "copy");
    saver.begin(null, 0, null);
    await saver.save({ keep: true });
  };
  return (
    <Dialog open title={text.title} onClose={onClose} actions={<Button onClick={onClose}>{text.later}</Button>}>
      <div className="stack">
        <p>{words}</p>
        <div className="row">
          <Button onClick={() => act(theirs)}>{text.theirs}</Button>
          <Button kind="danger" onClick={() => act(mine)}>{text.mine}</Button>
        </div>
        <Field label={text.copyName}>{(tied) => <Input {...tied} value={copy} onChange={setCopy} />}</Field>
        <Button aria-disabled={!isName(copy)} onClick={() => act(under)}>{text.copy}</Button>
        {error !== "" && <p className="error-text" role="alert">{error}</p>}
      </div>
    </Dialog>
  );
}
