/** Whether two units mean the same: those that engineers use, written in whatever way. */

/** A unit: powers of metre, kilogram, second, ampere, kelvin, mole, candela; factor; zero point. */
interface Unit {
  readonly powers: readonly number[];
  readonly factor: number;
  readonly zero: number;
}

const unit = (powers: string, factor = 1, zero = 0): Unit => {
  const order = "m kg s A K mol cd".split(" ");
  const made = order.map(() => 0);
  for (const piece of powers === "" ? [] : powers.split(" ")) {
    const [, name = "", power = "1"] = /^([A-Za-z]+)(-?\d*)$/.exec(piece) ?? [];
    made[order.indexOf(name)] = power === "" ? 1 : Number(power);
  }
  return { powers: made, factor, zero };
};

const DEGREE = Math.PI / 180;
/** Units that take the prefixes of the metric system. */
const METRIC: Readonly<Record<string, Unit>> = {
  m: unit("m"), g: unit("kg", 1e-3), s: unit("s"), A: unit("A"), K: unit("K"), mol: unit("mol"), cd: unit("cd"),
  N: unit("kg m s-2"), Pa: unit("kg m-1 s-2"), J: unit("kg m2 s-2"), W: unit("kg m2 s-3"), Hz: unit("s-1"),
  V: unit("kg m2 s-3 A-1"), C: unit("A s"), F: unit("kg-1 m-2 s4 A2"), T: unit("kg s-2 A-1"), H: unit("kg m2 s-2 A-2"),
  ohm: unit("kg m2 s-3 A-2"), Ω: unit("kg m2 s-3 A-2"), S: unit("kg-1 m-2 s3 A2"), Wb: unit("kg m2 s-2 A-1"),
  l: unit("m3", 1e-3), L: unit("m3", 1e-3), bar: unit("kg m-1 s-2", 1e5), eV: unit("kg m2 s-2", 1.602176634e-19),
  rad: unit(""), Wh: unit("kg m2 s-2", 3600), t: unit("kg", 1000), cal: unit("kg m2 s-2", 4.184), lm: unit("cd"), lx: unit("cd m-2"),
  P: unit("kg m-1 s-1", 0.1), St: unit("m2 s-1", 1e-4),
};
const PLAIN: Readonly<Record<string, Unit>> = {
  min: unit("s", 60), h: unit("s", 3600), d: unit("s", 86400), day: unit("s", 86400), hour: unit("s", 3600),
  "%": unit("", 0.01), percent: unit("", 0.01), "°": unit("", DEGREE), deg: unit("", DEGREE), degree: unit("", DEGREE),
  "°C": unit("K", 1, 273.15), degC: unit("K", 1, 273.15), "°F": unit("K", 5 / 9, 459.67 * (5 / 9)), degF: unit("K", 5 / 9, 459.67 * (5 / 9)),
  in: unit("m", 0.0254), inch: unit("m", 0.0254), ft: unit("m", 0.3048), foot: unit("m", 0.3048), yd: unit("m", 0.9144), mi: unit("m", 1609.344),
  lb: unit("kg", 0.45359237), lbf: unit("kg m s-2", 4.4482216152605), psi: unit("kg m-1 s-2", 6894.757293168361),
  atm: unit("kg m-1 s-2", 101325), rpm: unit("s-1", (2 * Math.PI) / 60), inches: unit("m", 0.0254), feet: unit("m", 0.3048),
  hr: unit("s", 3600), degK: unit("K"), delta_degC: unit("K"), celsius: unit("K", 1, 273.15), oz: unit("kg", 0.45359237 / 16), hp: unit("kg m2 s-3", 745.6998715822702), horsepower: unit("kg m2 s-3", 745.6998715822702), yr: unit("s", 31_557_600),
  Å: unit("m", 1e-10), angstrom: unit("m", 1e-10), ha: unit("m2", 1e4), cc: unit("m3", 1e-6), gal: unit("m3", 231 * 0.0254 ** 3),
  sr: unit(""), dimensionless: unit(""), ppm: unit("", 1e-6), permille: unit("", 1e-3), hertz: unit("s-1"),
};
/** Words for units; they take words for prefixes, and an s when there are several. */
const WORDS: Readonly<Record<string, Unit>> = {
  metre: unit("m"), meter: unit("m"), micron: unit("m", 1e-6), gram: unit("kg", 1e-3), tonne: unit("kg", 1000), pound: unit("kg", 0.45359237), ounce: unit("kg", 0.45359237 / 16),
  second: unit("s"), minute: unit("s", 60), hour: unit("s", 3600), day: unit("s", 86400), year: unit("s", 31_557_600), newton: unit("kg m s-2"), pascal: unit("kg m-1 s-2"),
  joule: unit("kg m2 s-2"), watt: unit("kg m2 s-3"), volt: unit("kg m2 s-3 A-1"), ampere: unit("A"), amp: unit("A"), kelvin: unit("K"), radian: unit(""), degree: unit("", DEGREE),
  litre: unit("m3", 1e-3), liter: unit("m3", 1e-3), hectare: unit("m2", 1e4), gallon: unit("m3", 231 * 0.0254 ** 3), poise: unit("kg m-1 s-1", 0.1),
  turn: unit("", 2 * Math.PI), revolution: unit("", 2 * Math.PI), cycle: unit("", 2 * Math.PI),
};
const PREFIX_WORDS: Readonly<Record<string, number>> = {
  giga: 1e9, mega: 1e6, kilo: 1e3, hecto: 1e2, deca: 1e1, deci: 1e-1, centi: 1e-2, milli: 1e-3, micro: 1e-6, nano: 1e-9, pico: 1e-12,
};
const PREFIXES: Readonly<Record<string, number>> = {
  Q: 1e30, R: 1e27, Y: 1e24, Z: 1e21, E: 1e18, P: 1e15, T: 1e12, G: 1e9, M: 1e6, k: 1e3, h: 1e2, da: 1e1,
  d: 1e-1, c: 1e-2, m: 1e-3, "µ": 1e-6, "μ": 1e-6, u: 1e-6, n: 1e-9, p: 1e-12, f: 1e-15, a: 1e-18,
};

function worded(name: string): Unit | null {
  const one = name.replace(/s$/, "");
  for (const [word, found] of Object.entries(WORDS)) {
    if (!one.endsWith(word)) continue;
    const prefix = one.slice(0, -word.length);
    if (prefix === "") return found;
    const factor = Object.hasOwn(PREFIX_WORDS, prefix) ? PREFIX_WORDS[prefix] : undefined;
    if (factor !== undefined) return { ...found, factor: found.factor * factor };
  }
  return null;
}

function named(name: string): Unit | null {
  const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : Object.hasOwn(METRIC, name) ? METRIC[name] : undefined;
  if (plain) return plain;
  for (const length of [1, 2]) {
    const prefix = name.slice(0, length);
    const rest = name.slice(length);
    if (Object.hasOwn(PREFIXES, prefix) && Object.hasOwn(METRIC, rest)) {
      const base = METRIC[rest];
      if (base) return { ...base, factor: base.factor * (PREFIXES[prefix] ?? 1) };
    }
  }
  return worded(name);
}

const SIGNS: Readonly<Record<string, string>> = { "⁻": "-", "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9" };

/** Reads a unit such as `N/mm^2`, `kg·m/s²` or `°C`; null if it is none that we know. */
function read(text: string): Unit | null {
  const plain = text
    .replace(/[⁻⁰¹²³⁴-⁹]+/gu, (signs) => `^${signs.replace(/./gu, (sign) => SIGNS[sign] ?? "")}`)
    .replace(/\*\*/g, "^")
    .replace(/[·⋅]/g, "*")
    .trim();
  const pieces = plain.match(/[A-Za-zµμΩ°%ÅÅ_]+|\^\s*\(?\s*[+-]?\d+\s*\)?|[*/() ]|1/gu);
  if (pieces?.join("").replace(/\s/g, "") !== plain.replace(/\s/g, "")) return null;
  let at = 0;
  const space = () => {
    while (pieces[at]?.trim() === "") at += 1;
  };
  const atom = (): Unit | null => {
    space();
    const piece = pieces[at++];
    if (piece === undefined) return null;
    let found: Unit | null;
    if (piece === "(") {
      found = product();
      space();
      if (pieces[at++] !== ")") return null;
    } else found = piece === "1" ? unit("") : named(piece);
    space();
    const power = pieces[at];
    if (found && power?.startsWith("^")) {
      at += 1;
      const exponent = Number(power.replace(/[^\d+-]/g, ""));
      found = { powers: found.powers.map((one) => one * exponent), factor: found.factor ** exponent, zero: 0 };
    }
    return found;
  };
  const product = (): Unit | null => {
    let made = atom();
    space();
    while (made && at < pieces.length && pieces[at] !== ")") {
      const sign: number = pieces[at] === "/" ? -1 : 1;
      if (pieces[at] === "/" || pieces[at] === "*") at += 1;
      const next = atom();
      if (!next) return null;
      made = {
        powers: made.powers.map((one, index) => one + sign * (next.powers[index] ?? 0)),
        factor: made.factor * next.factor ** sign,
        zero: 0,
      };
      space();
    }
    return made;
  };
  const found = product();
  return at === pieces.length ? found : null;
}

/** Tells whether numbers in one unit can be taken for numbers in another. Units that we do not know are compared as they are written. */
export function sameUnit(first: string, second: string): boolean {
  if (first === second) return true;
  const one = read(first);
  const other = read(second);
  if (!one || !other) return false;
  const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-300);
  return one.powers.every((power, index) => power === other.powers[index]) && near(one.factor, other.factor) && near(one.zero + 1, other.zero + 1);
}
