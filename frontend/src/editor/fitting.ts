/**
 * Whether words fit where they stand. What does not fit is cut; but only what does not: for everything that is clipped the
 * browser keeps a layer's worth of bookkeeping, and works through all of it in each frame in which something moves.
 */
const MOST_KEPT = 5000;
/** Fonts differ a little from what is measured. */
const SLACK = 1.04;

const widths = new Map<string, number>();
let pen: CanvasRenderingContext2D | null | undefined;
let family = "";
let root = 16;

/** Gives how wide words are, in pixels; where nothing can be measured, too wide for anything. `size`: in rem. */
export function widthOf(words: string, size: number, weight = 400): number {
  const key = `${weight} ${size} ${words}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  if (pen === undefined) {
    pen = typeof document === "undefined" ? null : document.createElement("canvas").getContext("2d");
    if (pen) {
      family = getComputedStyle(document.body).fontFamily;
      root = parseFloat(getComputedStyle(document.documentElement).fontSize);
    }
  }
  if (!pen) return Infinity;
  pen.font = `${weight} ${size * root}px ${family}`;
  const width = pen.measureText(words).width * SLACK;
  if (widths.size >= MOST_KEPT) widths.clear();
  widths.set(key, width);
  return width;
}

/** Gives the class of words that have so many pixels: that which cuts them, if they need more. */
export function cut(words: string, room: number, size: number, weight = 400): string {
  return widthOf(words, size, weight) > room ? "clip" : "";
}
