/** A place for files: they are chosen with a click or a key, or dropped on it. */
import { useState, type DragEvent, type ReactNode } from "react";
import { classes, type Tied } from "./controls";
import { Icon, type IconName } from "./icons";
import "./drop.css";

interface Props {
  /** Words that name the place, or the files that are there. */
  title: ReactNode;
  /** What is said beneath; with `hintId` it belongs to the control. */
  hint: ReactNode;
  hintId: string;
  /** What is said is a refusal. */
  wrong?: boolean;
  /** Done: a sign says so. */
  good?: boolean;
  icon?: IconName;
  tied?: Tied;
  accept?: string | undefined;
  many?: boolean;
  /** A whole folder is chosen; it cannot be dropped. */
  folder?: boolean;
  className?: string;
  onFiles: (files: readonly File[]) => void;
  children?: ReactNode;
}

export function FileDrop({ title, hint, hintId, wrong, good, icon = "upload", tied, accept, many, folder, className, onFiles, children }: Props) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!folder) onFiles([...event.dataTransfer.files].slice(0, many ? undefined : 1));
  };
  const described = [tied?.["aria-describedby"], hintId].filter(Boolean).join(" ");
  return (
    <div
      className={classes("upload", className, over && "over")}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <label className="drop">
        <input
          {...tied}
          aria-describedby={described}
          type="file"
          multiple={Boolean(many) && !folder}
          accept={accept}
          {...(folder ? { webkitdirectory: "" } : {})}
          // The same file again, after a change to it, is a choice too.
          onClick={(event) => (event.currentTarget.value = "")}
          onChange={(event) => onFiles([...(event.target.files ?? [])])}
        />
        <span className="drop-sign" aria-hidden="true">{good ? "✓" : <Icon name={icon} />}</span>
        <span className="drop-words">
          <strong>{title}</strong>
          <span className="muted small" id={hintId} role={wrong ? "alert" : undefined}>{hint}</span>
        </span>
      </label>
      {children}
    </div>
  );
}
