/** Instants, durations, sizes and numbers in words. */

const SIZES = ["B", "kB", "MB", "GB", "TB"] as const;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, "0");
}

/** Says how long something took, in the two largest units that matter: `2 h 05 min`. */
export function duration(seconds: number): string {
  const length = Math.max(0, Math.floor(seconds));
  if (length < MINUTE) return `${length} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min ${two(length % MINUTE)} s`;
  if (length < DAY) return `${Math.floor(length / HOUR)} h ${two((length % HOUR) / MINUTE)} min`;
  return `${Math.floor(length / DAY)} d ${Math.floor((length % DAY) / HOUR)} h`;
}

/** Says how large a file is, in decimal units: `3.4 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), SIZES.length - 1);
  const scaled = bytes / 1000 ** power;
  return `${scaled >= 100 ? scaled.toFixed(0) : Number(scaled.toPrecision(3))} ${SIZES[power] ?? ""}`;
}

/** Says how long ago something was, roughly; beyond a week, the day. */
export function ago(instant: string | Date, now: Date): string {
  const then = new Date(instant);
  const seconds = (now.getTime() - then.getTime()) / 1000;
  if (seconds < MINUTE) return "just now";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  const days = Math.floor(seconds / DAY);
  if (days < 7) return days === 1 ? "1 day ago" : `${days} days ago`;
  return then.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** The instant itself, in the visitor's own time, for who wants to know exactly. */
export function exactly(instant: string | Date): string {
  return new Date(instant).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
}

/** Groups the digits of a long whole number by thin spaces, and leaves anything else alone. */
export function grouped(text: string): string {
  const digits = text.replace(/^-/, "");
  if (!/^[0-9]{5,}$/.test(digits)) return text;
  const short = digits.replace(/^0+(?=.)/, "");
  return (text.startsWith("-") ? "-" : "") + short.replace(/\B(?=(?:[0-9]{3})+$)/g, "\u202f");
}

/** The last part of a storage URI, which is the file's name. */
export function fileName(uri: string): string {
  return uri.replace(/\/+$/, "").split("/").pop() ?? uri;
}

/** One thing or several: `1 run`, `3 runs`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
