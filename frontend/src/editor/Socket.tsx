/** The end of a wire at a box: for the mouse a handle to drag from and to, for the keyboard a button. */
import { Handle, Position } from "@xyflow/react";
import { useCallback, type KeyboardEvent, type MouseEvent } from "react";
import { classes } from "../kit/controls";
import { nameOfFrom, nameOfTo } from "../graph/wires";
import { useEditing, useState_ } from "./context";
import type { Loose } from "./store";

interface Props {
  readonly end: Loose;
  readonly label: string;
  readonly side: "left" | "right";
  readonly wired?: boolean;
  readonly className?: string;
}

export function Socket({ end, label, side, wired, className }: Props) {
  const { commands } = useEditing();
  const name = "from" in end ? nameOfFrom(end.from) : nameOfTo(end.to);
  const uid = "from" in end ? end.from.uid : end.to.uid;
  const begun = useState_((state) => (state.loose && sameEnd(state.loose, uid, name) ? "begun" : state.loose && ("from" in state.loose) !== ("from" in end) ? "open" : ""));
  const press = useCallback(() => commands.press(end), [commands, end]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      press();
    } else if ((event.key === "Delete" || event.key === "Backspace") && "to" in end) {
      event.preventDefault();
      event.stopPropagation();
      commands.unwire(end.to);
    }
  };
  const onClick = (event: MouseEvent) => {
    // A click without a drag, from a screen reader too, does what Enter does.
    if (event.detail === 0) press();
  };
  return (
    <Handle
      id={name}
      type={"from" in end ? "source" : "target"}
      position={side === "left" ? Position.Left : Position.Right}
      role="button"
      tabIndex={0}
      aria-label={label}
      aria-pressed={begun === "begun"}
      className={classes("socket", wired && "wired", begun, className)}
      onKeyDown={onKeyDown}
      onClick={onClick}
    />
  );
}

function sameEnd(loose: Loose, uid: string, name: string): boolean {
  return "from" in loose ? loose.from.uid === uid && nameOfFrom(loose.from) === name : loose.to.uid === uid && nameOfTo(loose.to) === name;
}
