/** The document as text beside the canvas: edited here, applied on a key, wrong places shown in both. */
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { api } from "../api/client";
import { nameOf } from "../graph/document";
import { readText, type Fault } from "../graph/json";
import { writeText } from "../graph/writing";
import { Button } from "../kit/controls";
import { editor } from "../messages/en/editor";
import { useEditing, useState_ } from "./context";
import { lineOf, pointerOfPlace } from "./pointers";
import type { Saver } from "./saving";
import { wordsFor, wordsOfProblem } from "./words";

const text = editor.textView;
type Form = "json" | "xml";

export function TextView({ saver, onClose }: { saver: Saver; onClose: () => void }) {
  const { store } = useEditing();
  const doc = useState_((state) => state.history.now.doc);
  const byPlace = useState_((state) => state.byPlace);
  const readOnly = useState_((state) => state.readOnly);
  const [form, setForm] = useState<Form>("json");
  const [typed, setTyped] = useState<string | null>(null);
  const [xml, setXml] = useState("");
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [trouble, setTrouble] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);
  const canvasText = form === "json" ? writeText(doc) : xml;
  const shown = typed ?? canvasText;

  useEffect(() => {
    if (form !== "xml" || typed !== null) return;
    let gone = false;
    const load = async () => {
      await saver.save();
      const found = await api.text("/api/v1/workflows/{name}/document", { path: { name: nameOf(doc.uri) }, query: { form: "xml" } });
      if (!gone) setXml(found);
    };
    load().catch((error: unknown) => {
      if (!gone) setTrouble(error instanceof Error ? error.message : String(error));
    });
    return () => {
      gone = true;
    };
  }, [form, doc, saver, typed]);

  const change = (next: string) => {
    setTyped(next);
    setTrouble("");
    setFaults(form === "json" ? readText(next).faults : []);
  };
  const revert = () => {
    setTyped(null);
    setFaults([]);
    setTrouble("");
  };
  const apply = async () => {
    if (typed === null) return;
    if (form === "json") {
      const found = readText(typed);
      setFaults(found.faults);
      if (!found.doc) return;
      store.change(found.doc, "text");
    } else {
      try {
        const found = await saver.saveXml(typed);
        store.change(found, "text");
        saver.settled();
      } catch (error) {
        setTrouble(error instanceof Error ? error.message : String(error));
        return;
      }
    }
    revert();
    store.say(text.applied);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void apply();
    }
  };
  const go = (line: number) => {
    const it = area.current;
    if (!it) return;
    const lines = shown.split("\n");
    const start = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
    it.focus();
    it.setSelectionRange(start, start + (lines[line]?.length ?? 0));
    it.scrollTop = line * 19 - 60;
  };
  const told = [
    ...faults.map((fault) => ({ words: wordsFor(fault.reason), line: lineOf(shown, fault.pointer) })),
    ...(trouble === "" ? [] : [{ words: trouble, line: null }]),
    ...(typed === null && form === "json"
      ? [...byPlace].flatMap(([place, found]) => found.map((one) => ({ words: `${place} ${wordsOfProblem(one)}`.trim(), line: lineOf(shown, pointerOfPlace(place, doc)) })))
      : []),
  ];
  return (
    <section className="text-view" aria-label={text.title}>
      <div className="row spread">
        <div className="row" role="group" aria-label={text.title}>
          {(readOnly ? (["json"] as const) : (["json", "xml"] as const)).map((one) => (
            <Button key={one} small aria-pressed={form === one} kind={form === one ? "primary" : "plain"} onClick={() => { revert(); setForm(one); }}>{text[one]}</Button>
          ))}
        </div>
        <Button small icon kind="quiet" aria-label={text.close} onClick={onClose}>×</Button>
      </div>
      {form === "xml" && <p className="muted small">{text.xmlNote}</p>}
      <textarea ref={area} className="input mono" spellCheck={false} readOnly={readOnly} aria-label={text.label} value={shown} aria-invalid={told.length > 0 || undefined} onChange={(event) => change(event.target.value)} onKeyDown={onKeyDown} />
      {told.length > 0 && (
        <ul className="text-faults" aria-label={text.faults}>
          {told.map((one, index) => (
            <li key={index}>
              {one.line === null ? <span>{one.words}</span> : <button type="button" className="problem" onClick={() => go(one.line ?? 0)}><span className="order">{one.line + 1}</span> {one.words}</button>}
            </li>
          ))}
        </ul>
      )}
      {typed !== null && (
        <div className="row">
          <Button small kind="primary" onClick={() => void apply()}>{text.apply}</Button>
          <Button small onClick={revert}>{text.revert}</Button>
          <span className="muted small" role="status">{text.changed}</span>
        </div>
      )}
    </section>
  );
}
