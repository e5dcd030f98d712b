/** Keeping what is edited: drafts by themselves after a pause, versions when asked for, and never over somebody else's. */
import { Problem, api, address, problemOf } from "../api/client";
import { nameOf, type Doc } from "../graph/document";
import { readDocument } from "../graph/json";
import { writeDocument } from "../graph/writing";
import type { Remark, Store } from "./store";

export type Saved = "never" | "saved" | "dirty" | "saving" | "failed" | "conflict" | "readOnly";

export interface SaveState {
  readonly saved: Saved;
  /** The newest version as we know it; 0: there is none. */
  readonly version: number;
  readonly published: number | null;
  readonly words: string;
}

const PAUSE_MS = 1500;

interface Answer {
  readonly version: number;
  readonly published_version: number | null;
  readonly problems: readonly Remark[];
}

/** Sends a document as a draft; gives what the platform says of it. */
async function send(doc: Doc, expected: number | null, comment: string): Promise<Answer> {
  const query = { draft: true, ...(comment === "" ? {} : { comment }), ...(expected === null ? {} : { expected_version: expected }) };
  return sendText(JSON.stringify(writeDocument(doc)), "application/json", query);
}

async function sendText(body: string, type: string, query: Record<string, unknown>): Promise<Answer> {
  const answer = await fetch(address("/api/v1/workflows", { query }), {
    method: "POST", body, credentials: "same-origin", headers: { "Content-Type": type, Accept: "application/json" },
  });
  if (!answer.ok) throw await problemOf(answer);
  return (await answer.json()) as Answer;
}

/** Loads a version of a workflow. */
export async function loadDocument(name: string, version?: number): Promise<Doc> {
  const text = await api.text("/api/v1/workflows/{name}/document", { path: { name }, query: { form: "json", ...(version === undefined ? {} : { version }) } });
  const { doc } = readDocument(JSON.parse(text));
  if (!doc) throw new Error("The platform gave a document that cannot be read.");
  return doc;
}

export class Saver {
  private state: SaveState = { saved: "never", version: 0, published: null, words: "" };
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private savedDoc: Doc | null = null;
  /** A draft that we have saved by ourselves: the next one takes its place. */
  private ownDraft: number | null = null;
  private running: Promise<void> | null = null;
  private stop: () => void;

  constructor(
    private readonly store: Store,
    private readonly pause = PAUSE_MS,
  ) {
    this.stop = store.subscribe(() => this.look());
  }

  readonly get = (): SaveState => this.state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Says what is saved already. */
  begin(doc: Doc | null, version: number, published: number | null): void {
    this.stop();
    this.stop = this.store.subscribe(() => this.look());
    this.savedDoc = doc;
    this.ownDraft = null;
    this.set({ saved: this.store.get().readOnly ? "readOnly" : doc ? "saved" : "never", version, published, words: "" });
  }

  end(): void {
    this.stop();
    clearTimeout(this.timer);
  }

  get isDirty(): boolean {
    if (this.store.get().readOnly) return false;
    return this.savedDoc !== null ? this.store.doc !== this.savedDoc : this.store.doc.body.length > 0;
  }

  private set(change: Partial<SaveState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  private look(): void {
    if (this.store.get().readOnly || !this.isDirty || this.state.saved === "conflict") return;
    if (this.savedDoc === null && this.store.get().history.past.length === 0) return;
    if (this.state.saved !== "dirty" && this.state.saved !== "saving") this.set({ saved: "dirty" });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), this.pause);
  }

  /** Saves now. With `keep`, or a comment, it stays as a version of its own. */
  async save(how: { keep?: boolean; comment?: string; over?: boolean } = {}): Promise<void> {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    this.running = this.saveNow(how).finally(() => (this.running = null));
    await this.running;
  }

  private async saveNow(how: { keep?: boolean; comment?: string; over?: boolean }): Promise<void> {
    const { doc } = this.store;
    if (this.store.get().readOnly) return;
    if (doc === this.savedDoc && !how.over) {
      if (how.keep) this.ownDraft = null;
      return;
    }
    this.set({ saved: "saving", words: "" });
    try {
      const answer = await send(doc, how.over ? null : this.state.version, how.comment ?? "");
      const before = this.ownDraft;
      this.savedDoc = doc;
      this.ownDraft = how.keep ? null : answer.version;
      this.set({ saved: this.store.doc === doc ? "saved" : "dirty", version: answer.version, published: answer.published_version });
      this.store.remark(doc, answer.problems);
      if (before !== null && before !== answer.version) await this.forget(nameOf(doc.uri), before);
    } catch (error) {
      const conflict = error instanceof Problem && (error.status === 412 || error.code === "changed-meanwhile");
      this.set({ saved: conflict ? "conflict" : "failed", words: error instanceof Error ? error.message : String(error) });
    }
  }

  /** A draft of our own that a newer one has replaced is not kept; one that cannot be forgotten does no harm. */
  private async forget(name: string, version: number): Promise<void> {
    try {
      await api.delete("/api/v1/workflows/{name}/versions/{version}", { path: { name, version } });
    } catch {
      // somebody has published it meanwhile
    }
  }

  /** Puts an XML document in the place of the draft; gives the document that it is. */
  async saveXml(xml: string): Promise<Doc> {
    const answer = await sendText(xml, "application/xml", { draft: true, expected_version: this.state.version });
    const doc = await loadDocument(nameOf(this.store.doc.uri), answer.version);
    this.ownDraft = null;
    this.set({ saved: "saved", version: answer.version, published: answer.published_version });
    return doc;
  }

  /** Notes that the store has got what is saved. */
  settled(): void {
    this.savedDoc = this.store.doc;
    this.set({ saved: "saved" });
  }
}
