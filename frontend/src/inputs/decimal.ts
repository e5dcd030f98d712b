/** Decimal numbers as people type them, compared without rounding. */
export interface Decimal {
  /** The number is `digits` times ten to the power of `exponent`. */
  readonly digits: bigint;
  readonly exponent: number;
}

const FORM = /^\s*([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,6}))?\s*$/;
/** Beyond it nobody computes; the server decides. */
const MOST_DIGITS = 4000;

/** Reads a decimal number; null if it is none. */
export function decimal(text: string): Decimal | null {
  const found = FORM.exec(text);
  const whole = found?.[2] ?? "";
  const rest = found?.[3] ?? "";
  if (!found || whole + rest === "") return null;
  const sign = found[1] === "-" ? -1n : 1n;
  return { digits: sign * BigInt(whole + rest), exponent: Number(found[4] ?? "0") - rest.length };
}

function scaled(number: Decimal, exponent: number): bigint | null {
  const shift = number.exponent - exponent;
  return shift > MOST_DIGITS ? null : number.digits * 10n ** BigInt(shift);
}

/** Brings numbers to one power of ten; null if they are too far apart to compute with. */
function aligned(...numbers: Decimal[]): bigint[] | null {
  const exponent = Math.min(...numbers.map((number) => number.exponent));
  const found = numbers.map((number) => scaled(number, exponent));
  return found.includes(null) ? null : (found as bigint[]);
}

/** Tells which is larger: negative, 0 or positive as with `Array.sort`; NaN if nobody can tell. */
export function compare(one: Decimal, other: Decimal): number {
  const [a, b] = aligned(one, other) ?? [];
  if (a === undefined || b === undefined) return NaN;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Tells whether a number is a whole multiple of a step, counted from an origin. */
export function fitsStep(number: Decimal, step: Decimal, origin: Decimal): boolean {
  const [a, b, c] = aligned(number, step, origin) ?? [];
  if (a === undefined || b === undefined || c === undefined || b === 0n) return false;
  return (a - c) % b === 0n;
}

/** Adds a step to a number and writes it plainly. */
export function stepped(number: Decimal, step: Decimal, times: number): string {
  const exponent = Math.min(number.exponent, step.exponent, 0);
  const [a, b] = [scaled(number, exponent) ?? 0n, scaled(step, exponent) ?? 0n];
  return written({ digits: a + b * BigInt(times), exponent });
}

function written({ digits, exponent }: Decimal): string {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(1 - exponent, "0");
  if (exponent === 0) return sign + text;
  const rest = text.slice(exponent).replace(/0+$/, "");
  return sign + text.slice(0, exponent) + (rest ? `.${rest}` : "");
}
