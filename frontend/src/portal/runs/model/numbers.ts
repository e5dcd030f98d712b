/** Lists of numbers as a line in a small picture. */

/** So many points are drawn at most; of more, the lowest and the highest of each piece. */
export const MOST_POINTS = 1000;

const SAME = 1e-9;
const TINY = 1e-300;
const HUGE = 1e307; // beyond it, rounding may lead out of the numbers

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** Reads the items of a list of numbers; null if one is none that can be drawn. */
export function numbersOf(items: readonly string[] | null): readonly number[] | null {
  if (!items || items.length < 2) return null;
  const found = items.map(Number);
  return found.every((number, index) => Number.isFinite(number) && items[index]?.trim() !== "") ? found : null;
}

/** Gives round numbers that hold all of some, and a few between. */
export function scaleOf(numbers: readonly number[], wanted = 4): Scale {
  let low = Infinity;
  let high = -Infinity;
  for (const number of numbers) {
    low = Math.min(low, number);
    high = Math.max(high, number);
  }
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (size > HUGE) {
    const ends = [Math.min(low, 0), Math.max(high, 0)] as const;
    return { low: ends[0], high: ends[1], ticks: ends };
  }
  // What differs by less than a scale can say is as good as the same.
  if (high - low <= size * SAME || size < TINY) {
    const air = size < TINY ? 1 : size / 2;
    low -= air;
    high += air;
  }
  const step = roundStep((high - low) / wanted);
  const from = Math.floor(low / step) * step;
  const ticks: number[] = [];
  for (let index = 0; index <= wanted * 3; index += 1) {
    const tick = Number((from + index * step).toPrecision(12));
    ticks.push(tick);
    if (tick >= high) break;
  }
  return { low: ticks[0] ?? low, high: ticks.at(-1) ?? high, ticks };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

/** Gives the points to be drawn, with their place in the list; peaks are kept. */
export function thinned(numbers: readonly number[], most = MOST_POINTS): readonly (readonly [number, number])[] {
  if (numbers.length <= most) return numbers.map((number, index) => [index, number] as const);
  const size = Math.ceil((2 * numbers.length) / most);
  const found: (readonly [number, number])[] = [];
  for (let from = 0; from < numbers.length; from += size) {
    let low = from;
    let high = from;
    for (let at = from; at < Math.min(from + size, numbers.length); at += 1) {
      if ((numbers[at] ?? 0) < (numbers[low] ?? 0)) low = at;
      if ((numbers[at] ?? 0) > (numbers[high] ?? 0)) high = at;
    }
    for (const at of [...new Set([low, high])].sort((a, b) => a - b)) found.push([at, numbers[at] ?? 0]);
  }
  return found;
}

/** Gives the line as an SVG path in a field of a size; its top is the scale's high end. */
export function lineOf(numbers: readonly number[], scale: Scale, width: number, height: number): string {
  const last = numbers.length - 1;
  const place = ([index, number]: readonly [number, number]) => {
    const x = (index / last) * width;
    // By halves, as the whole way from one end of all numbers to the other is no number.
    const y = height - ((number / 2 - scale.low / 2) / (scale.high / 2 - scale.low / 2)) * height;
    return `${Number(x.toFixed(1))} ${Number(y.toFixed(1))}`;
  };
  return `M${thinned(numbers).map(place).join("L")}`;
}
