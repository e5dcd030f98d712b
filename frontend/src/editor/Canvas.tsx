/** The canvas: boxes that are dragged, wires that are drawn, and what the keyboard does with both. */
import {
  Background, BackgroundVariant, BaseEdge, Controls, MiniMap, Panel, ReactFlow, getBezierPath, useNodesState, useReactFlow,
  type Connection, type ConnectionLineComponentProps, type Edge, type FinalConnectionState, type IsValidConnection, type Node as FlowNode, type NodeChange,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { memo, useCallback, useEffect, useRef, useState, type KeyboardEvent, type MouseEvent as ReactMouseEvent } from "react";
import { isConstruct, isInside, nodeOf, standingsOf } from "../graph/walking";
import type { Doc, Point } from "../graph/document";
import { fromNamed, toNamed } from "../graph/wires";
import { tried } from "../graph/wiring";
import type { LaneAt } from "../graph/order";
import { absolute, type Layout } from "../graph-view/layout";
import { editor as text } from "../messages/en/editor";
import { useEditing, useState_ } from "./context";
import { flowEdges, flowNodes } from "./flow";
import { ContainerBox, EndBox, StepBox } from "./nodes";
import type { Loose } from "./store";
import { wordsFor } from "./words";

// What the canvas library is given stays the same from frame to frame: for each thing that is another one,
// it tells every box, every socket and every wire.
const NODE_TYPES = { step: StepBox, container: ContainerBox, end: EndBox };
const SEVERAL = ["Control", "Meta"];
const FIT = { maxZoom: 1, padding: 0.15 };
const BARE = { hideAttribution: true };
/** A wire is drawn and cut at its sockets; in itself it is no place to go to or to press. */
const WIRE = { interactionWidth: 0, selectable: false, focusable: false };
const STEP = 20;
const typeOf = (node: FlowNode) => node.type ?? "";

interface Props {
  /** Somebody wants to add something: at a point of the canvas, for the loose end of a wire. */
  readonly onPalette: (at: Point | null, loose: Loose | null) => void;
  readonly onOpenCondition: (uid: string) => void;
}

export const Canvas = memo(function Canvas({ onPalette, onOpenCondition }: Props) {
  const { store, commands } = useEditing();
  const layout = useState_((state) => state.layout);
  const chosen = useState_((state) => state.chosen);
  const doc = useState_((state) => state.history.now.doc);
  const values = useState_((state) => state.run?.values);
  const readOnly = useState_((state) => state.readOnly);
  const [nodes, setNodes, onNodesChange] = useNodesState<FlowNode>([]);
  const [edges, setEdges] = useState<Edge[]>([]);
  const flow = useReactFlow();
  const checked = useRef<{ key: string; fine: boolean } | null>(null);

  useEffect(() => setNodes((before) => flowNodes(layout, chosen, before)), [layout, chosen, setNodes]);
  useEffect(() => setEdges((before) => flowEdges(doc, layout, values, before)), [doc, layout, values]);

  useEffect(() => {
    const open = (event: Event) => onOpenCondition((event as CustomEvent<string>).detail);
    window.addEventListener("tarry-condition", open);
    return () => window.removeEventListener("tarry-condition", open);
  }, [onOpenCondition]);

  /** What is chosen is the editor's to know; of all else the canvas keeps track by itself. */
  const onChange = useCallback(
    (changes: NodeChange[]) => {
      const now = new Set(store.get().chosen);
      for (const change of changes) {
        if (change.type !== "select") continue;
        if (change.selected) now.add(change.id);
        else now.delete(change.id);
      }
      store.choose(now);
      const rest = changes.filter((change) => change.type !== "select");
      if (rest.length > 0) onNodesChange(rest);
    },
    [onNodesChange, store],
  );

  const endsOf = useCallback((connection: Connection | Edge) => {
    const from = fromNamed(connection.source, connection.sourceHandle ?? "");
    const to = toNamed(connection.target, connection.targetHandle ?? "");
    return from && to ? { from, to } : null;
  }, []);

  const isValid: IsValidConnection = useCallback(
    (connection) => {
      const ends = endsOf(connection);
      if (!ends) return false;
      const key = JSON.stringify([ends, store.get().history.past.length]);
      if (checked.current?.key === key) return checked.current.fine;
      const { library, judged } = store.get();
      const { refused } = tried(store.doc, library, judged, ends.from, ends.to);
      checked.current = { key, fine: refused === null };
      store.set({ refused });
      return refused === null;
    },
    [endsOf, store],
  );

  const onConnect = useCallback(
    (connection: Connection) => {
      const ends = endsOf(connection);
      if (ends) commands.connect(ends.from, ends.to);
    },
    [commands, endsOf],
  );

  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const { refused } = store.get();
      checked.current = null;
      store.set({ refused: null });
      if (state.isValid) return;
      if (state.toHandle) {
        if (refused) store.say(text.refused(wordsFor(refused)));
        return;
      }
      const handle = state.fromHandle;
      if (!handle) return;
      const from = fromNamed(handle.nodeId, handle.id ?? "");
      const to = toNamed(handle.nodeId, handle.id ?? "");
      const loose: Loose | null = handle.type === "source" ? from && { from } : to && { to };
      const touch = "changedTouches" in event ? event.changedTouches[0] : event;
      if (loose && touch) onPalette(flow.screenToFlowPosition({ x: touch.clientX, y: touch.clientY }), loose);
    },
    [flow, onPalette, store],
  );

  const onDragStop = useCallback(
    (_: unknown, node: FlowNode, dragged: readonly FlowNode[]) => {
      const { layout: now } = store.get();
      const points = new Map<string, Point>();
      const before = now.boxes.get(node.id);
      const around = before?.parent ?? null;
      const seen = absoluteOf(now, node);
      const into = before?.node ? laneUnder(store.doc, now, node.id, { x: seen.x + (node.width ?? 0) / 2, y: seen.y + 20 }) : null;
      const stays = !into || (into.parent === around && into.lane === laneIndexOf(store.doc, node.id));
      const origin = into ? originOf(now, into) : { x: 0, y: 0 };
      let moved = false;
      for (const one of dragged) {
        const box = now.boxes.get(one.id);
        if (!box || dragged.some((other) => other.id !== one.id && isInside(store.doc, one.id, other.id))) continue;
        const at = absoluteOf(now, one);
        moved ||= box.x !== one.position.x || box.y !== one.position.y;
        const base = stays ? originOfBox(now, one.id) : origin;
        points.set(one.id, { x: Math.round(at.x - base.x), y: Math.round(at.y - base.y) });
      }
      if (!moved) return;
      commands.drop(points, stays ? null : into);
      setNodes((old) => flowNodes(store.get().layout, store.get().chosen, old));
    },
    [commands, setNodes, store],
  );

  const onSelectionDragStop = useCallback(
    (event: ReactMouseEvent, dragged: FlowNode[]) => {
      if (dragged[0]) onDragStop(event, dragged[0], dragged);
    },
    [onDragStop],
  );

  const onPaneClick = useCallback(() => commands.letGo(), [commands]);

  const onPaneContextMenu = useCallback(
    (event: MouseEvent | ReactMouseEvent) => {
      event.preventDefault();
      onPalette(flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }), null);
    },
    [flow, onPalette],
  );

  const onNodeDoubleClick = useCallback(
    (_: unknown, node: FlowNode) => {
      const found = nodeOf(store.doc, node.id);
      if (found && (found.kind === "branch" || found.kind === "repeat")) onOpenCondition(node.id);
    },
    [onOpenCondition, store],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (target.closest("input, textarea, select, dialog")) {
      if (event.key === "Escape") target.closest<HTMLElement>(".react-flow__node")?.focus();
      return;
    }
    const own = target.closest<HTMLElement>(".react-flow__node");
    const by = { ArrowUp: { x: 0, y: -STEP }, ArrowDown: { x: 0, y: STEP }, ArrowLeft: { x: -STEP, y: 0 }, ArrowRight: { x: STEP, y: 0 } }[event.key];
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "/" && !command) onPalette(null, store.get().loose);
    else if (event.key === "Escape") {
      if (store.get().loose) commands.letGo();
      else store.choose([]);
    } else if ((event.key === "Enter" || event.key === " ") && own && target === own) store.choose([own.dataset.id ?? ""]);
    else if ((event.key === "Delete" || event.key === "Backspace") && !target.closest(".socket")) commands.remove(store.get().chosen);
    else if (by && !command && store.get().chosen.size > 0 && !target.closest(".outline")) commands.nudge(by);
    else if (command && event.key.toLowerCase() === "d") commands.duplicate();
    else if (command && event.key.toLowerCase() === "a") store.choose(store.get().layout.boxes.keys());
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="canvas" role="application" aria-label={text.canvas} aria-describedby="canvas-hint" onKeyDown={onKeyDown} tabIndex={-1}>
      <p id="canvas-hint" className="hidden">{text.canvasHint}</p>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onNodesChange={onChange}
        onNodeDragStop={onDragStop}
        onSelectionDragStop={onSelectionDragStop}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        isValidConnection={isValid}
        connectionLineComponent={Line}
        onPaneClick={onPaneClick}
        onPaneContextMenu={onPaneContextMenu}
        onNodeDoubleClick={onNodeDoubleClick}
        nodesDraggable={!readOnly}
        nodesConnectable={!readOnly}
        elevateNodesOnSelect={false}
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={SEVERAL}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        minZoom={0.1}
        maxZoom={2}
        fitView
        fitViewOptions={FIT}
        connectionRadius={26}
        defaultEdgeOptions={WIRE}
        edgesFocusable={false}
        proOptions={BARE}
        aria-label={text.canvas}
      >
        <Background variant={BackgroundVariant.Dots} gap={STEP} size={1.2} color="var(--line)" />
        <Controls showInteractive={false} fitViewOptions={FIT} />
        <MiniMap pannable zoomable ariaLabel={null} nodeClassName={typeOf} />
        {doc.body.length === 0 && (
          <Panel position="top-center" className="empty-canvas">
            <strong>{text.emptyTitle}</strong>
            <p>{text.emptyHint}</p>
          </Panel>
        )}
      </ReactFlow>
    </div>
  );
});

function absoluteOf(layout: Layout, node: FlowNode): Point {
  const base = node.parentId === undefined ? { x: 0, y: 0 } : absolute(layout, node.parentId);
  return { x: base.x + node.position.x, y: base.y + node.position.y };
}

function laneIndexOf(doc: Doc, uid: string): number {
  return standingsOf(doc.body).get(uid)?.lane ?? 0;
}

/** Gives where a sequence begins on the whole canvas. */
function originOf(layout: Layout, lane: LaneAt): Point {
  if (lane.parent === null) return { x: 0, y: 0 };
  const base = absolute(layout, lane.parent);
  const content = layout.boxes.get(lane.parent)?.lanes[lane.lane]?.content ?? { x: 0, y: 0 };
  return { x: base.x + content.x, y: base.y + content.y };
}

function originOfBox(layout: Layout, uid: string): Point {
  const box = layout.boxes.get(uid);
  const at = absolute(layout, uid);
  return box ? { x: at.x - box.at.x, y: at.y - box.at.y } : { x: 0, y: 0 };
}

/** Gives the innermost sequence under a point; a box is not dropped into itself. */
function laneUnder(doc: Doc, layout: Layout, dragged: string, point: Point): LaneAt {
  let found: LaneAt = { parent: null, lane: 0 };
  for (const box of layout.boxes.values()) {
    if (!box.node || !isConstruct(box.node) || box.uid === dragged || isInside(doc, box.uid, dragged)) continue;
    const at = absolute(layout, box.uid);
    box.lanes.forEach((lane, index) => {
      const y = at.y + lane.y;
      if (point.x >= at.x && point.x <= at.x + box.width && point.y >= y && point.y <= y + lane.height) found = { parent: box.uid, lane: index };
    });
  }
  return found;
}

/** The wire that is being drawn; where it cannot end, it says why. */
function Line({ fromX, fromY, toX, toY, fromPosition, toPosition, connectionStatus }: ConnectionLineComponentProps) {
  const refused = useState_((state) => state.refused);
  const [path] = getBezierPath({ sourceX: fromX, sourceY: fromY, sourcePosition: fromPosition, targetX: toX, targetY: toY, targetPosition: toPosition });
  const wrong = connectionStatus === "invalid";
  return (
    <g className={wrong ? "drawn wrong" : "drawn"}>
      <BaseEdge path={path} />
      {wrong && refused && (
        <foreignObject x={toX + 12} y={toY + 8} width={320} height={90} className="why">
          <div role="status">{wordsFor(refused)}</div>
        </foreignObject>
      )}
    </g>
  );
}
