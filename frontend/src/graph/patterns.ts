/**
 * Patterns of ports in the browser. They come from whoever described a service, and one like `(a+)+b` would stop the page
 * for years: what may take long is not tried here, as the platform has the last word and knows a way that does not.
 */

/** Characters; and so many parts of a pattern that may be short or long, or may be missing. */
const LONGEST_TEXT = 1000;
const MOST_LENGTHS = 2;
const MOST_OPTIONS = 6;

/** Tells whether a whole text matches a pattern of Python's; null: only the platform can tell. */
export function matches(pattern: string, text: string): boolean | null {
  if (text.length > LONGEST_TEXT || !isQuick(pattern)) return null;
  try {
    return new RegExp(`^(?:${pattern.replace(/\(\?P</g, "(?<")})$`, "u").test(text);
  } catch {
    return null; // another dialect
  }
}

/** Tells whether a pattern can be tried at once: what is repeated in it has no choices of its own. */
export function isQuick(pattern: string): boolean {
  // Escaped signs and classes stand for one sign each, whatever is in them.
  const plain = pattern.replace(/\\[pP]\{[^}]*\}|\\[\s\S]/g, "x").replace(/\[\^?\]?[^\]]*\]/g, "x");
  const groups: boolean[] = [];
  let varies = false;
  let lengths = 0;
  let options = 0;
  const pieces = plain.match(/\(\?<?[=!]|\((?:\?(?:P?<\w+>|:))?|\)|\||[*+?]\??|\{\d*,?\d*\}\??|[\s\S]/g) ?? [];
  let closed = false;
  for (const piece of pieces) {
    const sign = piece.charAt(0);
    if (sign === "(") {
      if (/^\(\?<?[=!]/.test(piece)) return false;
      groups.push(varies);
      varies = false;
    } else if (sign === "|") varies = true;
    const counts = /^\{(\d*)(,?)(\d*)\}/.exec(piece);
    const option = sign === "?" || counts?.[0] === "{0,1}";
    const length = sign === "*" || sign === "+" || (counts !== null && counts[2] === "," && !option);
    if (closed && varies && (length || (counts !== null && !option))) return false;
    if (closed) varies = (groups.pop() ?? false) || varies;
    closed = sign === ")";
    if (length) lengths += 1;
    if (option) options += 1;
    if (length || option) varies = true;
  }
  return lengths <= MOST_LENGTHS && options <= MOST_OPTIONS;
}
