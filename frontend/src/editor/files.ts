/** Documents as files: what one that somebody has would become, and one to keep. */
import { api, type Schemas } from "../api/client";
import { nameOf, type Doc } from "../graph/document";
import { readDocument } from "../graph/json";
import { writeText } from "../graph/writing";
import { lineOf, pointerOfPlace } from "./pointers";

export type Preview = Schemas["PreviewAnswer"];

/** What is wrong with a file, or worth knowing, and where. */
export interface Told {
  readonly kind: "wrong" | "worth";
  readonly place: string;
  readonly words: string;
  /** Counts from 1; null where there is none to name. */
  readonly line: number | null;
}

/** Files of documents, in the words of a file dialog. */
export const ACCEPT = ".xml,.json,application/xml,text/xml,application/json";
/** The platform reads no larger ones. */
export const MOST_BYTES = 4 * 1024 * 1024;
const FILE = "application/octet-stream";

/** Asks the platform what a document would become under a name; empty: under its own. */
export async function previewOf(file: Blob, name: string, signal?: AbortSignal): Promise<Preview> {
  return api.post("/api/v1/workflows/preview", { query: name === "" ? {} : { name }, raw: file, type: FILE, ...(signal ? { signal } : {}) });
}

/** Keeps a file as a draft, after the version that was there when it was looked at. */
export async function keepAsDraft(file: Blob, preview: Preview, comment: string): Promise<Schemas["ImportedAnswer"]> {
  const query = { draft: true, name: preview.name, expected_version: preview.there?.version ?? 0, comment };
  return api.post("/api/v1/workflows", { query, raw: file, type: FILE });
}

/** Gives the document that a file holds; null: it cannot be read. */
export function documentOf(preview: Preview): Doc | null {
  return preview.document ? readDocument(preview.document).doc : null;
}

/** Tells everything that was found in a file, with the line where it stands if the text has such lines. */
export function toldOf(preview: Preview, text: string): Told[] {
  const json = /^\s*\{/.test(text.replace(/^\uFEFF/, ""));
  const doc = json ? documentOf(preview) : null;
  const lineAt = (place: string): number | null => {
    if (!json) return null;
    const pointer = doc ? pointerOfPlace(place, doc) : place;
    const line = lineOf(text, pointer);
    return line === null ? null : line + 1;
  };
  const told = (kind: Told["kind"]) => (one: { place: string; message: string }): Told => ({ kind, place: one.place, words: one.message, line: lineAt(one.place) });
  return [...preview.problems.map(told("wrong")), ...preview.notices.map(told("worth"))];
}

/** Lets somebody keep the document as a file. */
export function exportJson(doc: Doc): void {
  keepFile(`${nameOf(doc.uri)}.json`, writeText(doc), "application/json");
}

/** The same as XML, which the platform writes: of the newest version that is saved. */
export async function exportXml(doc: Doc): Promise<void> {
  const name = nameOf(doc.uri);
  keepFile(`${name}.xml`, await api.text("/api/v1/workflows/{name}/document", { path: { name }, query: { form: "xml" } }), "application/xml");
}

function keepFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
