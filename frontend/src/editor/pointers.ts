/** From a place of the rules, or a JSON pointer, to the line of the text where it stands. */
import type { Doc } from "../graph/document";
import { standingsOf } from "../graph/walking";

/** Gives the JSON pointer of a place such as `i1/then/s2/size`; empty: the document as a whole. */
export function pointerOfPlace(place: string, doc: Doc): string {
  for (const what of ["inputs", "outputs"] as const) {
    const index = doc[what].findIndex((end) => place === `${what}/${end.name}`);
    if (index >= 0) return `/${what}/${index}`;
  }
  const standings = standingsOf(doc.body);
  let best: { pointer: string; rest: string; length: number } | null = null;
  for (const { key, node } of standings.values()) {
    if (place !== key && !place.startsWith(`${key}/`)) continue;
    if (best && best.length > key.length) continue;
    best = { pointer: pointerOfNode(node.uid, doc), rest: place.slice(key.length + 1), length: key.length };
  }
  if (!best) return "";
  return best.rest === "" ? best.pointer : `${best.pointer}/?${best.rest}`;
}

function pointerOfNode(uid: string, doc: Doc): string {
  const standing = standingsOf(doc.body).get(uid);
  if (!standing) return "";
  const { parent, lane, index } = standing;
  if (!parent) return `/body/${index}`;
  const piece = parent.kind === "branch" ? (lane === 0 ? "then" : "else") : parent.kind === "parallel" ? `branches/${lane}` : parent.kind === "sequence" ? "nodes" : "body";
  return `${pointerOfNode(parent.uid, doc)}/${piece}/${index}`;
}

/** Gives the line (from 0) at which a JSON pointer's value begins in an indented text; the nearest that is there. */
export function lineOf(text: string, pointer: string): number | null {
  if (pointer === "") return null;
  const pieces = pointer.slice(1).split("/").map((piece) => piece.replace(/~1/g, "/").replace(/~0/g, "~"));
  let at = 0;
  for (const piece of pieces) {
    const next = piece.startsWith("?") ? keyNear(text, at, piece.slice(1)) : enter(text, at, piece);
    if (next < 0) break;
    at = next;
  }
  return text.slice(0, at).split("\n").length - 1;
}

/** Looks for a key in what begins at a place, however deep. */
function keyNear(text: string, start: number, name: string): number {
  const found = text.indexOf(JSON.stringify(name), start);
  return found >= 0 && found < end(text, start) ? found : -1;
}

/** Gives where a member of the object or list at a place begins; -1: there is none. */
function enter(text: string, start: number, piece: string): number {
  let at = skip(text, start);
  const isList = text[at] === "[";
  if (!isList && text[at] !== "{") return -1;
  at = skip(text, at + 1);
  for (let index = 0; at < text.length && text[at] !== "]" && text[at] !== "}"; index += 1) {
    const begins = at;
    if (!isList) {
      const close = end(text, at);
      const name = text.slice(at, close);
      at = skip(text, close);
      at = skip(text, at + 1);
      if (name === JSON.stringify(piece)) return at;
    } else if (String(index) === piece) return begins;
    at = skip(text, end(text, at));
    if (text[at] === ",") at = skip(text, at + 1);
  }
  return -1;
}

function skip(text: string, at: number): number {
  while (at < text.length && /\s/.test(text[at] ?? "")) at += 1;
  return at;
}

/** Gives where the value that begins at a place ends. */
function end(text: string, start: number): number {
  let at = skip(text, start);
  let depth = 0;
  for (; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (sign === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === "\\") at += 1;
      if (depth === 0) return at + 1;
    } else if (sign === "{" || sign === "[") depth += 1;
    else if (sign === "}" || sign === "]") {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && /[\s,:]/.test(sign)) return at;
  }
  return at;
}
