/** The workflow editor: everything that belongs to one document. Loaded when it is opened. */
import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore, type DragEvent, type ReactNode } from "react";
import { wordsOf } from "../api/client";
import { useMe } from "../api/session";
import { nameOf, type Point, type Step } from "../graph/document";
import { placedAt } from "../graph/edits";
import { nodeOf } from "../graph/walking";
import { absolute, layoutOf } from "../graph-view/layout";
import { FULL } from "../graph-view/shape";
import { Menu, Skeleton, Trouble } from "../kit/frames";
import { Button, Input, classes } from "../kit/controls";
import { Icon, type IconName } from "../kit/icons";
import { toast } from "../kit/toasts";
import { editor as text } from "../messages/en/editor";
import { arranged, journey } from "./arrange";
import { Canvas } from "./Canvas";
import { Commands, type Addition } from "./commands";
import { ConditionDialog } from "./Conditions";
import { EditingContext } from "./context";
import { ConflictDialog, PublishDialog, VersionsDialog } from "./dialogs";
import { Inspector } from "./Inspector";
import { begin, beginWithRun, loadLibrary, type Begun } from "./loading";
import { Outline } from "./Outline";
import { Palette, type Command, type OfferedWorkflow } from "./Palette";
import { Problems } from "./Problems";
import { RunDialog } from "./RunDialog";
import { RunStrip } from "./RunStrip";
import { Saver } from "./saving";
import type { Watched } from "./shown";
import { Store, useStore, type Loose } from "./store";
import { TextView } from "./TextView";
import { trialOfDraft, trialOfStep, type Trial } from "./trials";
import { ACCEPT, exportJson, exportXml } from "./files";
import { ImportDialog, importFile, type Refused } from "./ImportDialog";
import "./editor.css";

export interface EditorProps {
  readonly name: string;
  readonly title?: string;
  readonly onTitle?: (title: string) => void;
  /** Has somebody asked before the page is left; gives the way to stop asking. */
  readonly guard?: (ask: () => string | null) => () => void;
  /** A run whose document is shown instead of the newest, with its values. */
  readonly run?: string;
  /** The run's document is not shown any more. */
  readonly onLeaveRun?: () => void;
  /** What leads out of the editor, e.g. to the workflow's page. */
  readonly links?: ReactNode;
}

export default function Editor({ name, title = "", onTitle, guard, links, run = "", onLeaveRun }: EditorProps) {
  const [begun, setBegun] = useState<Begun | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = useCallback(() => {
    let wanted = true;
    setError(null);
    (run === "" ? begin(name) : beginWithRun(name, run)).then((found) => wanted && setBegun(found), (failure: unknown) => wanted && setError(failure));
    return () => {
      wanted = false;
    };
  }, [name, run]);
  // A draft that was made here of a run's document stays as it is on the canvas.
  const stays = useRef(false);
  useEffect(() => {
    if (!stays.current) return load();
    stays.current = false;
    return undefined;
  }, [load]);
  if (error !== null) return <Trouble error={error} onRetry={() => void load()} />;
  if (!begun) return <div aria-label={text.loading}><Skeleton lines={8} /></div>;
  return (
    <ReactFlowProvider>
      <Opened key={`${name} ${begun.run?.id ?? ""}`} begun={begun} title={title} onTitle={onTitle} guard={guard} links={links} onLeaveRun={(how) => {
        stays.current = how.stay;
        onLeaveRun?.();
      }} />
    </ReactFlowProvider>
  );
}

type Open =
  | null
  | { what: "trial"; trial: Trial }
  | { what: "palette"; at: Point | null; loose: Loose | null }
  | { what: "publish" | "versions" | "conflict" }
  | { what: "condition"; uid: string }
  | { what: "refused"; refused: Refused };

interface OpenedProps {
  readonly begun: Begun;
  readonly title: string;
  readonly onTitle: EditorProps["onTitle"] | undefined;
  readonly guard: EditorProps["guard"] | undefined;
  readonly links: ReactNode;
  /** What is on the canvas stays, or the newest version takes its place. */
  readonly onLeaveRun: (how: { stay: boolean }) => void;
}

function Opened({ begun, title, onTitle, guard, links, onLeaveRun }: OpenedProps) {
  const me = useMe();
  const mayChange = me?.rights.includes("develop") ?? false;
  const [editing] = useState(() => {
    const store = new Store();
    store.open(begun.card || begun.run || title === "" ? begun.doc : { ...begun.doc, title }, begun.library);
    store.lock(begun.run !== null || !mayChange);
    return { store, commands: new Commands(store) };
  });
  const { store, commands } = editing;
  const [saver] = useState(() => new Saver(store));
  const [workflows, setWorkflows] = useState<readonly OfferedWorkflow[]>(begun.workflows);
  const [open, setOpen] = useState<Open>(null);
  const [side, setSide] = useState<"details" | "outline" | "problems">("outline");
  const [asText, setAsText] = useState(false);
  const [busy, setBusy] = useState(false);
  const [unlocked, setUnlocked] = useState(false);
  // While a run's document is looked at, that run is what is shown, unless something is tried.
  const opened = useMemo((): Watched | null => (begun.run && !unlocked ? { id: begun.run.id, what: "run", version: begun.run.version, doc: begun.doc } : null), [begun, unlocked]);
  const [watched, setWatched] = useState<Watched | null>(opened);
  const mayTry = mayChange && (me?.rights.includes("run") ?? false);
  const flow = useReactFlow();
  const root = useRef<HTMLDivElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const saved = useSyncExternalStore(saver.subscribe, saver.get);
  const doc = useStore(store, (state) => state.history.now.doc);
  const canUndo = useStore(store, (state) => state.history.past.length > 0);
  const canRedo = useStore(store, (state) => state.history.future.length > 0);
  const showsAll = useStore(store, (state) => state.all);
  const said = useStore(store, (state) => state.said);
  const byPlace = useStore(store, (state) => state.byPlace);
  const wrong = [...byPlace.values()].reduce((sum, one) => sum + one.length, 0);

  useEffect(() => {
    saver.begin(begun.card ? store.doc : null, begun.version, begun.published);
    return () => saver.end();
  }, [saver, begun, store]);
  useEffect(() => guard?.(() => (saver.isDirty && saver.get().saved !== "saved" ? text.keep : null)), [guard, saver]);
  useEffect(() => {
    if (saved.saved === "conflict") setOpen({ what: "conflict" });
  }, [saved.saved]);
  useEffect(() => onTitle?.(doc.title === "" ? nameOf(doc.uri) : doc.title), [doc.title, doc.uri, onTitle]);
  // A service that somebody has registered meanwhile is there when the window is looked at again.
  useEffect(() => {
    const look = () => {
      if (store.get().readOnly) return;
      loadLibrary(nameOf(store.doc.uri)).then((found) => {
        store.learn(found.library);
        setWorkflows(found.workflows);
      }, () => undefined);
    };
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, [store]);

  const show = useCallback(
    (uid: string) => {
      const { layout } = store.get();
      const box = layout.boxes.get(uid);
      const at = absolute(layout, uid);
      if (box) void flow.setCenter(at.x + box.width / 2, at.y + Math.min(box.height, 300) / 2, { zoom: Math.max(0.6, Math.min(1, flow.getZoom())), duration: journey() });
    },
    [flow, store],
  );
  const focusOn = useCallback((uid: string) => {
    requestAnimationFrame(() => setTimeout(() => root.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${uid}"]`)?.focus({ preventScroll: true }), 60));
  }, []);
  const palette = useCallback((at: Point | null, loose: Loose | null) => {
    if (!store.get().readOnly) setOpen({ what: "palette", at, loose });
  }, [store]);
  const openCondition = useCallback((uid: string) => {
    if (!store.get().readOnly) setOpen({ what: "condition", uid });
  }, [store]);

  const add = useCallback(
    (what: Addition) => {
      const asked = open?.what === "palette" ? open : null;
      const uid = commands.add(what, { at: asked?.at ?? null, loose: asked?.loose ?? null });
      if (uid === "") return;
      setSide("details");
      show(uid);
      focusOn(uid);
    },
    [commands, focusOn, open, show],
  );

  const arrange = useCallback(async () => {
    setBusy(true);
    try {
      const { library, all } = store.get();
      const made = await arranged(store.doc, (one) => layoutOf(one, library, { metrics: FULL, all }), placedAt);
      store.change(made, "arrange");
      setTimeout(() => void flow.fitView({ maxZoom: 1, padding: 0.15, duration: journey() }), 50);
    } finally {
      setBusy(false);
    }
  }, [flow, store]);

  const runDraft = useCallback(async () => {
    setBusy(true);
    try {
      const trial = await trialOfDraft(store, saver);
      if (trial) setOpen({ what: "trial", trial });
      else if (store.get().judged.problems.length > 0) setSide("problems");
    } catch (failure) {
      store.say(wordsOf(failure));
    } finally {
      setBusy(false);
    }
  }, [saver, store]);
  const tryStep = useCallback((step: Step) => setOpen({ what: "trial", trial: trialOfStep(store.get(), step) }), [store]);
  const asDraft = async () => {
    setBusy(true);
    try {
      const found = await loadLibrary(nameOf(store.doc.uri));
      store.learn(found.library);
      setWorkflows(found.workflows);
      store.lock(false);
      setUnlocked(true);
      saver.begin(null, begun.version, begun.published);
      setWatched((now) => now && { ...now, what: "draft" });
      onLeaveRun({ stay: true });
      await saver.save({ keep: true });
      const { saved, words } = saver.get();
      store.say(saved === "saved" || saved === "dirty" ? text.run.nowDraft : words);
    } catch (failure) {
      store.say(wordsOf(failure));
    } finally {
      setBusy(false);
    }
  };

  const actions = useMemo((): Command[] => [
    ...(mayTry ? [{ label: text.run.draft, go: () => void runDraft() }] : []),
    { label: text.arrange, go: () => void arrange() },
    { label: text.undo, hint: "Ctrl+Z", go: () => store.undo() },
    { label: text.redo, hint: "Ctrl+Shift+Z", go: () => store.redo() },
    { label: text.fit, go: () => void flow.fitView({ maxZoom: 1, padding: 0.15 }) },
    { label: text.text, go: () => setAsText(true) },
    { label: text.publish.open, go: () => setOpen({ what: "publish" }) },
    { label: text.versions.open, go: () => setOpen({ what: "versions" }) },
    { label: text.saveNow, hint: "Ctrl+S", go: () => void saver.save({ keep: true }) },
  ], [arrange, flow, mayTry, runDraft, saver, store]);

  // Before anything is painted: keys count as soon as the editor is seen.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.closest("input, textarea, select, [contenteditable]") !== null;
      const command = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (target.closest("dialog")) return;
      if (command && key === "s") void saver.save({ keep: true });
      else if (command && key === "k") palette(null, store.get().loose);
      else if (!typing && event.key === "/") palette(null, store.get().loose);
      else if (!typing && command && key === "z") (event.shiftKey ? () => store.redo() : () => store.undo())();
      else if (!typing && command && key === "y") store.redo();
      else return;
      event.preventDefault();
    };
    const onCopy = (event: ClipboardEvent) => {
      const target = event.target as HTMLElement;
      if (target.closest("input, textarea, dialog")) return;
      // Words that are marked beside the canvas, such as a value of the run, are meant themselves.
      if (target.closest(".editor-side, .run-strip") && !(getSelection()?.isCollapsed ?? true)) return;
      const clip = commands.copy();
      if (clip === "" || !event.clipboardData) return;
      event.clipboardData.setData("text/plain", clip);
      event.preventDefault();
      if (event.type === "cut") commands.remove(store.get().chosen);
    };
    const onPaste = (event: ClipboardEvent) => {
      if ((event.target as HTMLElement).closest("input, textarea, dialog")) return;
      if (commands.paste(event.clipboardData?.getData("text/plain") ?? "")) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("keydown", onKey);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [commands, palette, saver, store]);

  const locked = useStore(store, (state) => state.readOnly);
  const asXml = async () => {
    await saver.save();
    if (saver.get().saved === "saved") exportXml(store.doc).catch((failure: unknown) => toast(wordsOf(failure)));
    else toast(text.file.notSaved);
  };
  const takeFile = async (chosen: File) => {
    const refused = await importFile(store, chosen);
    if (refused) setOpen({ what: "refused", refused });
  };
  const dragged = (event: DragEvent) => {
    if (!locked && event.dataTransfer.types.includes("Files")) event.preventDefault();
  };
  const dropped = (event: DragEvent) => {
    const chosen = event.dataTransfer.files[0];
    if (locked || !chosen) return;
    event.preventDefault();
    // What is dropped on a dialog is an input, or nothing.
    if (!(event.target as Element).closest("dialog")) void takeFile(chosen);
  };

  const tool = (icon: IconName, label: string, go: () => void, off = false) => (
    <Button small icon kind="quiet" aria-label={label} title={label} aria-disabled={off} onClick={go}><Icon name={icon} /></Button>
  );
  const condition = open?.what === "condition" ? nodeOf(doc, open.uid) : undefined;
  const close = () => setOpen(null);
  return (
    <EditingContext value={editing}>
      <div className={classes("editor", locked && "locked")} ref={root} onDragOver={dragged} onDrop={dropped}>
        <header className="editor-bar">
          {links}
          <h1 className="hidden">{text.title(doc.title === "" ? nameOf(doc.uri) : doc.title)}</h1>
          <Input small className="editor-title" aria-label={text.name} placeholder={nameOf(doc.uri)} value={doc.title} readOnly={locked} onChange={(next) => store.change({ ...store.doc, title: next }, "title", { join: "title" })} />
          <span className={classes("save-state small", saved.saved)} role="status">{text.saving[mayChange ? saved.saved : "readOnly"]}</span>
          {saved.saved === "failed" && <Button small title={saved.words} onClick={() => void saver.save()}>{text.retrySave}</Button>}
          <span className="editor-tools" role="toolbar" aria-label={text.more}>
            {!locked && (
              <>
                <Button small onClick={() => palette(null, null)}><Icon name="plus" /> {text.addKey}</Button>
                {tool("undo", text.undo, () => store.undo(), !canUndo)}
                {tool("redo", text.redo, () => store.redo(), !canRedo)}
                <Button small busy={busy} onClick={() => void arrange()}>{text.arrange}</Button>
              </>
            )}
            <Button small aria-pressed={showsAll} onClick={() => store.showAll(!showsAll)}>{text.all}</Button>
            <Button small aria-pressed={asText} onClick={() => setAsText(!asText)}>{text.text}</Button>
            {!locked && <Button small onClick={() => setOpen({ what: "versions" })}>{text.versions.open}</Button>}
            <Menu label={<><Icon name="download" /><span className="hidden">{text.file.export}</span></>} className="export">
              <button type="button" data-closes onClick={() => exportJson(store.doc)}>{text.file.json}</button>
              {!locked && <button type="button" data-closes onClick={() => void asXml()}>{text.file.xml}</button>}
            </Menu>
            {!locked && tool("upload", text.file.import, () => file.current?.click())}
            {!locked && mayTry && <Button small busy={busy} onClick={() => void runDraft()}>{text.run.draft}</Button>}
            {!locked && <Button small kind="primary" onClick={() => setOpen({ what: "publish" })}>{text.publish.open}</Button>}
          </span>
          <input
            ref={file}
            type="file"
            hidden
            accept={ACCEPT}
            aria-label={text.file.import}
            onChange={(event) => {
              const chosen = event.target.files?.[0];
              event.target.value = "";
              if (chosen) void takeFile(chosen);
            }}
          />
        </header>
        {begun.run && locked && (
          <div className="run-strip">
            <p className="row">{text.run.readOnly(begun.run.version)}</p>
            <span className="row run-strip-tools">
              {mayChange && <Button small busy={busy} onClick={() => void asDraft()}>{text.run.asDraft}</Button>}
              {begun.card && <Button small onClick={() => onLeaveRun({ stay: false })}>{text.run.newest}</Button>}
            </span>
          </div>
        )}
        {watched && <RunStrip key={watched.id} watched={watched} onClear={() => setWatched(opened)} />}
        <div className={classes("editor-body", asText && "with-text")}>
          <Canvas onPalette={palette} onOpenCondition={openCondition} />
          {asText && <TextView saver={saver} onClose={() => setAsText(false)} />}
          <aside className="editor-side">
            <div className="side-tabs" role="group" aria-label={text.inspector.title}>
              <Button small aria-pressed={side === "outline"} onClick={() => setSide("outline")}>{text.steps}</Button>
              <Button small aria-pressed={side === "details"} onClick={() => setSide("details")}>{text.inspector.title}</Button>
              <Button small aria-pressed={side === "problems"} className={wrong > 0 ? "wrong" : ""} onClick={() => setSide("problems")}>{text.problems(wrong)}</Button>
            </div>
            {side === "outline" && <Outline onShow={show} />}
            {side === "details" && <Inspector onTry={mayTry ? tryStep : null} />}
            {side === "problems" && <Problems onShow={show} />}
          </aside>
        </div>
        <p className="said small" role="status" aria-live="polite">{said}</p>
        {open?.what === "palette" && <Palette loose={open.loose} workflows={workflows} commands={actions} onAdd={add} onClose={close} />}
        {condition && (condition.kind === "branch" || condition.kind === "repeat") && <ConditionDialog node={condition} onClose={close} />}
        {open?.what === "trial" && (
          <RunDialog
            trial={open.trial}
            onClose={close}
            onBegun={(run) => {
              setWatched({ ...open.trial.watched, id: run.id });
              close();
            }}
          />
        )}
        {open?.what === "refused" && <ImportDialog refused={open.refused} onClose={close} />}
        {open?.what === "publish" && <PublishDialog saver={saver} category={begun.card?.category ?? ""} onClose={close} />}
        {open?.what === "versions" && <VersionsDialog saver={saver} onClose={close} />}
        {open?.what === "conflict" && <ConflictDialog saver={saver} words={saved.words} onClose={close} />}
      </div>
    </EditingContext>
  );
}
