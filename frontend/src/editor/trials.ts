/** What can be tried from the editor, and what is asked for it. */
import { api, type Schemas } from "../api/client";
import { entry, isWire, nameOf, type Step } from "../graph/document";
import { givenOf } from "../graph/ports";
import { titleOf } from "../graph-view/shape";
import { editor } from "../messages/en/editor";
import type { Saver } from "./saving";
import type { Shown, Watched } from "./shown";
import type { State, Store } from "./store";

const text = editor.run;

export interface Trial {
  /** What is run. */
  readonly of: { readonly workflow: string; readonly version: number } | { readonly service: string };
  readonly title: string;
  readonly hint: string;
  readonly ports: readonly Schemas["PortAnswer"][];
  /** What the form begins with. */
  readonly values: Readonly<Record<string, string>>;
  readonly watched: Omit<Watched, "id">;
}

/** Saves the draft as a version, and makes it ready to be run; null: it cannot be, and the editor says why. */
export async function trialOfDraft(store: Store, saver: Saver): Promise<Trial | null> {
  if (store.get().judged.problems.length > 0) {
    store.say(text.problems);
    return null;
  }
  const { doc } = store;
  await saver.save({ keep: true });
  const { saved, version, words } = saver.get();
  if (saved !== "saved" && saved !== "dirty") {
    store.say(words === "" ? editor.saving[saved] : words);
    return null;
  }
  const name = nameOf(doc.uri);
  const card = await api.get("/api/v1/workflows/{name}", { path: { name }, query: { version } });
  const before = store.get().run;
  return {
    of: { workflow: name, version },
    title: text.draftTitle(doc.title === "" ? name : doc.title),
    hint: text.draftHint(version),
    ports: card.inputs,
    // What was given the last time is most likely meant again.
    values: before && before.watched.what !== "step" ? before.run.inputs : {},
    watched: { what: "draft", version, doc },
  };
}

/** Makes a step ready to be tried alone: with what stands at its ports, or what it was given in the run that is shown. */
export function trialOfStep(state: State, step: Step): Trial {
  const title = titleOf(step, state.library);
  return {
    of: { service: step.service },
    title: text.stepTitle(title),
    hint: text.stepHint(title),
    ports: (state.library.services.get(step.service)?.inputs ?? []).map(givenOf),
    values: valuesFor(step, state.run),
    watched: { what: "step", version: 0, doc: state.history.now.doc, uid: step.uid },
  };
}

/** What a step would be given: its constants, and what a run has brought along its wires. */
export function valuesFor(step: Step, run: Pick<Shown, "values" | "steps"> | null): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [port, source] of Object.entries(step.inputs)) {
    const value = isWire(source) ? (run?.values.get(source.id) ?? entry(run?.steps.get(step.uid)?.inputs ?? {}, port)) : source.value;
    if (value !== undefined) found[port] = value;
  }
  return found;
}
