/** Files and folders: chosen or dropped, sent at once, with progress. */
import { useEffect, useId, useRef, useState } from "react";
import { wordsOf } from "../api/client";
import { useMe } from "../api/session";
import { Progress, type Tied } from "../kit";
import { FileDrop } from "../kit/drop";
import { text } from "../messages/en";
import { fileName, size } from "../messages/words";
import { isAccepted, typeOf, type Port } from "./rules";
import { uploadFiles, uploadFolder, type Upload } from "./upload";

const words = text.workflows.upload;

/** How an upload stands; a form waits while one is `busy`. */
export type UploadState = "none" | "busy" | "good" | "wrong";

interface Props {
  port: Port;
  label: string;
  tied: Tied;
  /** The storage URIs, one on each line. */
  value: string;
  onChange: (value: string) => void;
  onState: (state: UploadState) => void;
}

export function UploadField({ port, label, tied, value, onChange, onState }: Props) {
  const limit = useMe()?.upload_limit ?? Infinity;
  const isFolder = typeOf(port) === "folder";
  const [names, setNames] = useState("");
  const [state, setState] = useState<UploadState>("none");
  const [said, setSaid] = useState("");
  const [percent, setPercent] = useState(0);
  const current = useRef<Upload | null>(null);
  const stateId = useId();
  useEffect(() => () => current.current?.stop(), []);

  const tell = (next: UploadState, saying: string) => {
    setState(next);
    setSaid(saying);
    onState(next);
  };

  const take = async (files: readonly File[]) => {
    if (files.length === 0) return;
    current.current?.stop();
    current.current = null;
    onChange("");
    setNames(isFolder ? (files[0]?.webkitRelativePath.split("/")[0] ?? "") : files.map((file) => file.name).join(", "));
    const refused = isFolder ? "" : refusal(port, files, limit);
    if (refused) {
      tell("wrong", refused);
      return;
    }
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const progressed = (bytes: number) => {
      const done = total ? Math.min(100, Math.floor((100 * bytes) / total)) : 100;
      setPercent(done);
      setSaid(words.going(done, size(total)));
    };
    setPercent(0);
    tell("busy", words.going(0, size(total)));
    const mine = isFolder ? uploadFolder(files, progressed) : uploadFiles(files, progressed);
    current.current = mine;
    try {
      const uris = await mine.done;
      if (current.current !== mine) return;
      onChange(uris.join("\n"));
      tell("good", files.length > 1 ? words.doneMany(files.length, size(total)) : words.done(size(total)));
    } catch (error) {
      if (current.current === mine) tell("wrong", wordsOf(error) || words.failed);
    }
  };

  const shownNames = names || value.split("\n").filter(Boolean).map(fileName).join(", ");
  const invite = isFolder ? words.folder : port.many ? words.files : words.file;
  const hint = value && !said ? words.there : isFolder ? words.dropFolder : port.many ? words.dropMany : words.drop;
  return (
    <FileDrop
      className={state}
      tied={tied}
      title={shownNames || invite}
      hint={said || hint}
      hintId={stateId}
      wrong={state === "wrong"}
      good={state === "good" || Boolean(value && state === "none")}
      icon={isFolder ? "folder" : "upload"}
      many={Boolean(port.many)}
      folder={isFolder}
      accept={port.accept?.join(",")}
      onFiles={(files) => void take(files)}
    >
      {state === "busy" && <Progress value={percent} label={words.progress(label)} />}
    </FileDrop>
  );
}

function refusal(port: Port, files: readonly File[], limit: number): string {
  for (const file of files) {
    const of = files.length > 1 ? `${file.name}: ` : "";
    if (!isAccepted(port, file.name)) return of + words.kinds((port.accept ?? []).join(", "));
    if (file.size > limit) return of + words.tooLarge(size(limit));
  }
  return "";
}
