/** What the editor needs to begin: the document, the services, the other workflows. */
import { Problem, api, type Schemas } from "../api/client";
import { nameOf, newDocument, type Doc } from "../graph/document";
import { libraryOf, serviceOf, type Library, type Ports } from "../graph/library";
import { portOf } from "../graph/ports";
import { loadDocument } from "./saving";
import type { OfferedWorkflow } from "./Palette";

export interface Begun {
  readonly doc: Doc;
  readonly library: Library;
  readonly workflows: readonly OfferedWorkflow[];
  readonly version: number;
  readonly published: number | null;
  readonly card: Schemas["WorkflowAnswer"] | null;
}

type Item = Schemas["WorkflowAnswer"];

/** Gives all pages of a list. */
async function everything<T>(page: (after: string) => Promise<{ items: T[]; next: string }>): Promise<T[]> {
  const found: T[] = [];
  let after = "";
  do {
    const one = await page(after);
    found.push(...one.items);
    after = one.next;
  } while (after !== "");
  return found;
}

export async function loadLibrary(own: string): Promise<{ library: Library; workflows: OfferedWorkflow[] }> {
  const [services, workflows] = await Promise.all([
    everything((after) => api.get("/api/v1/services", { query: after === "" ? {} : { after } })),
    everything((after) => api.get("/api/v1/workflows", { query: after === "" ? {} : { after } })),
  ]);
  const others = workflows.filter((one: Item) => one.name !== own && one.published_version !== null);
  const nested = new Map<string, Ports>(others.map((one) => [one.uri, { inputs: one.inputs.map(portOf), outputs: one.outputs.map(portOf) }]));
  return {
    library: libraryOf(services.map((one) => serviceOf(one)), new Map(), nested),
    workflows: others.map((one) => ({ uri: one.uri, title: one.title === "" ? nameOf(one.uri) : one.title, description: one.description })),
  };
}

/** Opens a workflow; one that is not there yet begins empty. */
export async function begin(name: string): Promise<Begun> {
  const [{ library, workflows }, card] = await Promise.all([loadLibrary(name), cardOf(name)]);
  const doc = card ? await loadDocument(name) : newDocument(name);
  return { doc, library, workflows, version: card?.version ?? 0, published: card?.published_version ?? null, card };
}

async function cardOf(name: string): Promise<Item | null> {
  try {
    return await api.get("/api/v1/workflows/{name}", { path: { name } });
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}
