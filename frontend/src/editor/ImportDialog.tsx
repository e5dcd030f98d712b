/** A document from a file, put on the canvas; if it cannot be read, everything that is wrong with it. */
import { Button } from "../kit/controls";
import { Dialog } from "../kit/frames";
import { edit } from "../messages/en/edit";
import { editor } from "../messages/en/editor";
import { toast } from "../kit/toasts";
import { wordsOf } from "../api/client";
import { FileProblems } from "./FileProblems";
import { documentOf, MOST_BYTES, previewOf, toldOf, type Told } from "./files";
import type { Store } from "./store";

/** What could not be taken, and why. */
export interface Refused {
  readonly name: string;
  readonly told: readonly Told[];
}

/** Puts a document from a file on the canvas, under the name of the one that is there; or tells why not. */
export async function importFile(store: Store, file: File): Promise<Refused | null> {
  const refused = (words: string): Refused => ({ name: file.name, told: [{ kind: "wrong", place: "", words, line: null }] });
  if (file.size > MOST_BYTES) return refused(edit.file.tooLarge);
  try {
    const [preview, text] = [await previewOf(file, ""), await file.text()];
    const doc = documentOf(preview);
    if (!doc) return { name: file.name, told: toldOf(preview, text) };
    store.change({ ...doc, uri: store.doc.uri }, "import");
    toast(editor.file.imported);
    return null;
  } catch (error) {
    return refused(wordsOf(error));
  }
}

export function ImportDialog({ refused, onClose }: { refused: Refused; onClose: () => void }) {
  return (
    <Dialog open wide title={edit.file.unreadable(refused.name)} onClose={onClose} actions={<Button autoFocus onClick={onClose}>{editor.file.close}</Button>}>
      <FileProblems told={refused.told} label={edit.file.problems} />
    </Dialog>
  );
}
