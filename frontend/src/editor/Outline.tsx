/** The steps in the order in which they run: a tree, in which the order is changed by drag or by keyboard. */
import { memo, useState, type DragEvent, type KeyboardEvent } from "react";
import { isConstruct, lanesOf, standingsOf, type Nodes } from "../graph/walking";
import type { Node } from "../graph/document";
import { hasLaneLabels, titleOf } from "../graph-view/shape";
import { classes } from "../kit/controls";
import { editor as text } from "../messages/en/editor";
import { picture } from "../messages/en/picture";
import { useEditing, useState_ } from "./context";
import { cut } from "./fitting";

const FORMAT = "application/x-tarry-step";
/** Pixels for a step's title, and how many fewer there are for each construct that it stands in. */
const ROOM = 190;
const DEEPER = 20;

export function Outline({ onShow }: { onShow: (uid: string) => void }) {
  const body = useState_((state) => state.history.now.doc.body);
  return (
    <nav className="outline" aria-label={text.outline}>
      <p className="hidden" id="outline-hint">{text.outlineHint}</p>
      {body.length === 0 ? <p className="muted small">{text.emptyOutline}</p> : <Lane nodes={body} onShow={onShow} />}
    </nav>
  );
}

function Lane({ nodes, onShow }: { nodes: Nodes; onShow: (uid: string) => void }) {
  return (
    <ol>
      {nodes.map((node) => <Entry key={node.uid} node={node} onShow={onShow} />)}
    </ol>
  );
}

/** Remembers what it has drawn: a workflow has hundreds of them, and a change touches few. */
const Entry = memo(function Entry({ node, onShow }: { node: Node; onShow: (uid: string) => void }) {
  const { store, commands } = useEditing();
  const library = useState_((state) => state.library);
  const chosen = useState_((state) => state.chosen.has(node.uid));
  const key = useState_((state) => standingsOf(state.history.now.doc.body).get(node.uid)?.key ?? "");
  const wrong = useState_((state) => state.wrong.has(key));
  const [over, setOver] = useState<"before" | "after" | null>(null);
  const title = titleOf(node, library);
  const words = title === "" ? picture.kinds[node.kind] : title;
  const depth = key.split("/").length - 1;
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by === undefined || !event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.shiftKey) {
      commands.reorder(node.uid, by);
      return;
    }
    commands.moveOver(node.uid, by);
    // It stands in another list now, as another button.
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`.outline-entry[data-uid="${node.uid}"]`)?.focus());
  };
  const side = (event: DragEvent): "before" | "after" => {
    const box = event.currentTarget.getBoundingClientRect();
    return event.clientY < box.y + box.height / 2 ? "before" : "after";
  };
  const lanes = lanesOf(node);
  return (
    <li>
      <button
        type="button"
        draggable
        data-uid={node.uid}
        className={classes("outline-entry", chosen && "chosen", over && `drop-${over}`, wrong && "wrong")}
        aria-current={chosen ? "true" : undefined}
        aria-describedby="outline-hint"
        onClick={() => {
          store.choose([node.uid]);
          onShow(node.uid);
        }}
        onKeyDown={onKeyDown}
        onDragStart={(event) => event.dataTransfer.setData(FORMAT, node.uid)}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes(FORMAT)) return;
          event.preventDefault();
          setOver(side(event));
        }}
        onDragLeave={() => setOver(null)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(null);
          commands.moveBeside(event.dataTransfer.getData(FORMAT), node.uid, side(event));
        }}
      >
        <span className="order">{key.slice(key.lastIndexOf("/") + 1)}</span>
        <span className={cut(words, ROOM - DEEPER * depth, 0.88)}>{words}</span>
      </button>
      {isConstruct(node) && lanes.map((lane, index) => (
        <div
          key={index}
          className="outline-lane"
          onDragOver={(event) => lane.nodes.length === 0 && event.dataTransfer.types.includes(FORMAT) && event.preventDefault()}
          onDrop={(event) => {
            if (lane.nodes.length > 0) return;
            event.preventDefault();
            commands.moveInto(event.dataTransfer.getData(FORMAT), { parent: node.uid, lane: index });
          }}
        >
          {hasLaneLabels(node) && <span className="muted small">{node.kind === "branch" ? (index === 0 ? text.then : text.otherwise) : picture.side(index + 1)}</span>}
          {lane.nodes.length === 0 ? <p className="muted small outline-empty">{text.dropHere}</p> : <Lane nodes={lane.nodes} onShow={onShow} />}
        </div>
      ))}
    </li>
  );
});
