/** Numbers in their lexical form, compared and computed with exactly. */

export interface Exact {
  readonly digits: bigint;
  /** The value is digits × 10^-scale. */
  readonly scale: number;
}

const FORM = /^\s*([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d{1,4}))?\s*$/;

/** Reads a number; null if it is none. */
export function exact(text: string): Exact | null {
  const found = FORM.exec(text);
  if (!found || text.length > 1000) return null;
  const [, sign = "", whole = "", part = "", alone = "", exponent = "0"] = found;
  const behind = part + alone;
  const digits = BigInt(sign + (whole + behind || "0"));
  const scale = behind.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** Negative, zero or positive, as the first is less than, equal to or greater than the second. */
export function compare(first: Exact, second: Exact): number {
  const [one, other] = aligned(first, second);
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Tells whether a number is an origin plus a whole multiple of a step. */
export function onGrid(number: Exact, step: Exact, origin: Exact): boolean {
  const scale = Math.max(number.scale, step.scale, origin.scale);
  const width = lifted(step, scale);
  return width !== 0n && (lifted(number, scale) - lifted(origin, scale)) % width === 0n;
}

function aligned(first: Exact, second: Exact): [bigint, bigint] {
  const scale = Math.max(first.scale, second.scale);
  return [lifted(first, scale), lifted(second, scale)];
}

function lifted(number: Exact, scale: number): bigint {
  return number.digits * 10n ** BigInt(scale - number.scale);
}
