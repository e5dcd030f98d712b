/** What was found in a file, each thing with its place. */
import { edit } from "../messages/en/edit";
import { classes } from "../kit/controls";
import type { Told } from "./files";
import "./file_problems.css";

const text = edit.file;

export function FileProblems({ told, label }: { told: readonly Told[]; label: string }) {
  if (told.length === 0) return null;
  return (
    <ul className="file-problems" aria-label={label}>
      {told.map((one, index) => (
        <li key={index} className={classes(one.kind)}>
          {(one.place !== "" || one.line !== null) && (
            <span className="mono small">{[one.line === null ? "" : text.line(one.line), one.place].filter(Boolean).join(" · ")}</span>
          )}{" "}
          <span>{one.words}</span>
        </li>
      ))}
    </ul>
  );
}
