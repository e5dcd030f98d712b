/** What the rules say, in words. */
import type { Port } from "../graph/ports";
import type { Problem, Reason, ReasonKey } from "../graph/telling";
import { reasons, types } from "../messages/en/reasons";
import type { Remark } from "./store";

const sentences: Readonly<Record<ReasonKey, string>> = reasons;

/** Gives the sentence for a reason. */
export function wordsFor(reason: Reason): string {
  const sentence = sentences[reason.key];
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = reason.values[name] ?? "";
    const typed = name === "from" || name === "to";
    return typed && Object.hasOwn(types, value) ? types[value as keyof typeof types] : value;
  }).trim();
}

/** Gives what a port takes or gives, in words. */
export function typeWords(port: Port | null | undefined): string {
  if (!port) return "";
  const words: Readonly<Record<string, string>> = types;
  return words[port.many ? `${port.type}[]` : port.type] ?? "";
}

export function wordsOfProblem(one: Problem | Remark): string {
  return "message" in one ? one.message : wordsFor(one.reason);
}
