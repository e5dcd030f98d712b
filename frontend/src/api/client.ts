/** The platform's REST API: a thin fetch whose types come from its OpenAPI document. */
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

type Method = "get" | "put" | "post" | "delete" | "patch";
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;

type Parameters<O> = O extends { parameters: infer P } ? P : never;
type Part<O, K extends string> = Parameters<O> extends Record<K, infer V>
  ? Record<K, V>
  : Parameters<O> extends Partial<Record<K, infer V>>
    ? [Exclude<V, undefined>] extends [never]
      ? unknown
      : Partial<Record<K, V>>
    : unknown;
interface Raw {
  raw: XMLHttpRequestBodyInit;
  type: string;
}
type Body<O> = O extends { requestBody: { content: infer C } }
  ? C extends { "application/json": infer B }
    ? { body: B } | ([Exclude<keyof C, "application/json">] extends [never] ? never : Raw)
    : Raw
  : O extends { requestBody?: { content: { "application/json": infer B } } }
    ? { body?: Exclude<B, null> }
    : unknown;

/** What a call takes besides its path: what stands in the path, in the query, in the body. */
export type Options<O> = Part<O, "path"> & Part<O, "query"> & Body<O> & { signal?: AbortSignal; headers?: Record<string, string> };

type Good<R> = { [S in keyof R]: S extends 200 | 201 | 202 ? R[S] : never }[keyof R];
type Json<T> = T extends { content: { "application/json": infer J } } ? J : undefined;
/** What a call gives. */
export type Answer<O> = O extends { responses: infer R } ? ([Good<R>] extends [never] ? undefined : Json<Good<R>>) : never;

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- "takes nothing" is meant
type Rest<O> = Record<never, never> extends Options<O> ? [options?: Options<O>] : [options: Options<O>];

/** An error that the platform told: `code` never changes, `message` is for people. */
export class Problem extends Error {
  override readonly name = "Problem";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly facts: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** No answer came: the platform is away, or the network. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

let onLoggedOut: () => void = () => undefined;
/** Says what happens when a call is refused because nobody is logged in any more. */
export function whenLoggedOut(then: () => void): void {
  onLoggedOut = then;
}

interface Given {
  path?: Record<string, string | number>;
  query?: Record<string, unknown>;
  body?: unknown;
  raw?: XMLHttpRequestBodyInit;
  type?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Gives the address of a call: path parameters filled in and escaped, query appended. */
export function address(path: string, given: Pick<Given, "path" | "query"> = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(given.path?.[name] ?? "")));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given.query ?? {})) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one !== undefined && one !== null) query.append(name, plain(one));
    }
  }
  const text = query.toString();
  return text ? `${filled}?${text}` : filled;
}

/** Reads an answer's problem document, or makes one of what else came. */
export async function problemOf(answer: Response): Promise<Problem> {
  const text = await answer.text().catch(() => "");
  return problemFrom(answer.status, answer.statusText, text);
}

/** As `problemOf`, from the pieces of an answer. */
export function problemFrom(status: number, statusText: string, text: string): Problem {
  try {
    const found = JSON.parse(text) as Partial<Schemas["Problem"]>;
    if (typeof found.detail === "string") {
      return new Problem(status, found.code ?? "unknown", found.detail, found.facts ?? {});
    }
  } catch {
    // a proxy's page, or nothing
  }
  return new Problem(status, "unknown", `The server answered ${status} ${statusText}`.trim());
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function send(method: Method, path: string, given: Given = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", ...given.headers };
  let body: XMLHttpRequestBodyInit | null = null;
  if (given.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(given.body);
  } else if (given.raw !== undefined) {
    headers["Content-Type"] = given.type ?? "application/octet-stream";
    body = given.raw;
  }
  let answer: Response;
  try {
    answer = await fetch(address(path, given), {
      method: method.toUpperCase(),
      headers,
      body,
      credentials: "same-origin",
      ...(given.signal ? { signal: given.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable("The platform does not answer.");
  }
  if (answer.ok) return answer;
  const problem = await problemOf(answer);
  if (problem.status === 401 && problem.code === "not-logged-in") onLoggedOut();
  throw problem;
}

async function call(method: Method, path: string, given?: Given): Promise<unknown> {
  const answer = await send(method, path, given);
  if (answer.status === 204) return undefined;
  const type = answer.headers.get("content-type") ?? "";
  return type.includes("json") ? ((await answer.json()) as unknown) : undefined;
}

function verb<M extends Method>(method: M) {
  return <P extends PathsWith<M>>(path: P, ...[options]: Rest<Operation<P, M>>): Promise<Answer<Operation<P, M>>> =>
    call(method, path, options) as Promise<Answer<Operation<P, M>>>;
}

/** The calls: `api.get("/api/v1/workflows/{name}", { path: { name } })`. */
export const api = {
  get: verb("get"),
  put: verb("put"),
  post: verb("post"),
  patch: verb("patch"),
  delete: verb("delete"),
  /** An answer as text, for documents that are not JSON. */
  text: async (path: PathsWith<"get">, given?: Given): Promise<string> => (await send("get", path, given)).text(),
};

/** Says what went wrong, whatever was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
