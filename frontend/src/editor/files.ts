/** Documents as files. */
import { nameOf, type Doc } from "../graph/document";
import { readText } from "../graph/json";
import { writeText } from "../graph/writing";
import { toast } from "../kit/toasts";
import { editor as text } from "../messages/en/editor";
import type { Store } from "./store";
import { wordsFor } from "./words";

/** Lets somebody keep the document as a file. */
export function exportText(doc: Doc): void {
  const url = URL.createObjectURL(new Blob([writeText(doc)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${nameOf(doc.uri)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Puts a document from a file on the canvas, under the name of the one that is there. */
export async function importText(store: Store, file: File): Promise<void> {
  const { doc, faults } = readText(await file.text());
  if (!doc) {
    toast(faults[0] ? wordsFor(faults[0].reason) : "");
    return;
  }
  store.change({ ...doc, uri: store.doc.uri }, "import");
  toast(text.file.imported);
}
