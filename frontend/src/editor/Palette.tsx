/** The search palette: one key, and anything can be added or done. */
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { CONSTRUCTS } from "../graph/making";
import { classes } from "../kit/controls";
import { editor } from "../messages/en/editor";
import type { Addition } from "./commands";
import { useEditing, useState_ } from "./context";
import type { Loose } from "./store";

const text = editor.palette;

export interface Command {
  readonly label: string;
  readonly hint?: string;
  readonly go: () => void;
}
export interface OfferedWorkflow {
  readonly uri: string;
  readonly title: string;
  readonly description: string;
}

interface Props {
  readonly loose: Loose | null;
  readonly workflows: readonly OfferedWorkflow[];
  readonly commands: readonly Command[];
  readonly onAdd: (what: Addition) => void;
  readonly onClose: () => void;
}

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly group: string;
  readonly go: () => void;
}

const MOST = 60;

export function Palette({ loose, workflows, commands, onAdd, onClose }: Props) {
  const editing = useEditing();
  const library = useState_((state) => state.library);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const it = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = it.current;
    if (dialog && !dialog.open) dialog.showModal();
  }, []);
  const all = useMemo((): Entry[] => {
    const fitting = loose ? new Set(editing.commands.offers(loose)) : null;
    const add = (what: Addition) => () => onAdd(what);
    const services = [...library.services.values()].filter((one) => !fitting || fitting.has(one.uri)).map((one): Entry => ({
      id: one.uri, label: one.title === "" ? one.uri : one.title, hint: one.description, group: text.service, go: add({ kind: "service", uri: one.uri }),
    }));
    const ends: Entry[] = [];
    if (!loose || "to" in loose) ends.push({ id: "input", label: text.newInput, hint: text.inputHint, group: text.end, go: add({ kind: "input" }) });
    if (!loose || "from" in loose) ends.push({ id: "output", label: text.newOutput, hint: text.outputHint, group: text.end, go: add({ kind: "output" }) });
    if (loose) return [...ends, ...services];
    return [
      ...services,
      ...ends,
      ...CONSTRUCTS.map((one): Entry => ({ id: one, label: text.constructs[one], hint: text.hints[one], group: text.construct, go: add({ kind: "construct", construct: one }) })),
      ...workflows.map((one): Entry => ({ id: one.uri, label: one.title, hint: one.description, group: text.workflow, go: add({ kind: "workflow", uri: one.uri }) })),
      ...commands.map((one): Entry => ({ id: `command ${one.label}`, label: one.label, hint: one.hint ?? "", group: text.command, go: one.go })),
    ];
  }, [loose, library, workflows, commands, onAdd, editing]);
  const found = useMemo(() => matching(all, query).slice(0, MOST), [all, query]);
  const current = Math.min(at, Math.max(0, found.length - 1));
  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.go();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      const next = (current + move + found.length) % Math.max(1, found.length);
      setAt(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(found[current]);
    }
    event.stopPropagation();
  };
  return (
    <dialog ref={it} className="dialog palette" aria-label={loose ? text.titleFor : text.title} onCancel={(event) => { event.preventDefault(); onClose(); }} onClick={(event) => event.target === it.current && onClose()}>
      <div className="dialog-inside" onKeyDown={onKeyDown}>
        <input
          className="input"
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found.length > 0 ? `${id}-${current}` : undefined}
          aria-label={text.search}
          placeholder={loose ? text.titleFor : text.search}
          value={query}
          autoFocus
          autoComplete="off"
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
        />
        <ul id={`${id}-list`} role="listbox" aria-label={text.title} tabIndex={-1}>
          {found.map((entry, index) => (
            <li
              key={entry.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === current}
              className={classes("palette-entry", index === current && "current")}
              onPointerMove={() => setAt(index)}
              onClick={() => go(entry)}
            >
              <span className="palette-label clip">{entry.label}</span>
              <span className="palette-group">{entry.group}</span>
              {entry.hint !== "" && <span className="palette-hint clip">{entry.hint}</span>}
            </li>
          ))}
        </ul>
        <p className={found.length === 0 ? "muted" : "hidden"} role="status">{found.length === 0 ? text.nothing : text.count(found.length)}</p>
      </div>
    </dialog>
  );
}

/** Gives what holds every word of a query; what begins with it comes first. */
function matching(all: readonly Entry[], query: string): Entry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...all];
  const score = (entry: Entry): number => {
    const label = entry.label.toLowerCase();
    const rest = `${label} ${entry.hint.toLowerCase()} ${entry.group.toLowerCase()} ${entry.id.toLowerCase()}`;
    if (!words.every((word) => rest.includes(word))) return -1;
    return words.every((word) => label.includes(word)) ? (label.startsWith(words[0] ?? "") ? 3 : 2) : 1;
  };
  return all.map((entry) => ({ entry, score: score(entry) })).filter((one) => one.score > 0).sort((a, b) => b.score - a.score).map((one) => one.entry);
}
