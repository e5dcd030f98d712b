/** What the editor needs to begin: the document, the services, the other workflows. */
import { Problem, api, type Schemas } from "../api/client";
import { everything } from "../api/pages";
import { nameOf, newDocument, type Doc } from "../graph/document";
import { readDocument } from "../graph/json";
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
  /** The run whose document it is; then it is as it was when that run was begun. */
  readonly run: { readonly id: string; readonly version: number } | null;
}

type Item = Schemas["WorkflowAnswer"];

export async function loadLibrary(own: string): Promise<{ library: Library; workflows: OfferedWorkflow[] }> {
  const [{ items: services }, { items: workflows }] = await Promise.all([
    everything((query) => api.get("/api/v1/services", { query })),
    everything((query) => api.get("/api/v1/workflows", { query })),
  ]);
  const others = workflows.filter((one: Item) => one.name !== own && one.published_version !== null);
  const nested = new Map<string, Ports>(others.map((one) => [one.uri, { inputs: one.inputs.map(portOf), outputs: one.outputs.map(portOf) }]));
  return {
    library: libraryOf(services.map((one) => serviceOf(one)), new Map(), nested),
    workflows: others.map((one) => ({ uri: one.uri, title: one.title === "" ? nameOf(one.uri) : one.title, description: one.description })),
  };
}

/** Opens what a run was begun with: its document, and the services as they were then. */
export async function beginWithRun(name: string, run: string): Promise<Begun> {
  const [found, card] = await Promise.all([api.get("/api/v1/runs/{run}/document", { path: { run } }), cardOf(name)]);
  const { doc } = readDocument(found.document);
  if (!doc) throw new Error("The platform gave a document that cannot be read.");
  const nested = new Map<string, Ports>(found.nested.map((one) => [one.uri, { inputs: one.inputs.map(portOf), outputs: one.outputs.map(portOf) }]));
  const library = libraryOf(found.services.map((one) => serviceOf(one)), new Map(), nested);
  return { doc, library, workflows: [], version: card?.version ?? 0, published: card?.published_version ?? null, card, run: { id: run, version: found.version } };
}

/** Opens a workflow; one that is not there yet begins empty. */
export async function begin(name: string): Promise<Begun> {
  const [{ library, workflows }, card] = await Promise.all([loadLibrary(name), cardOf(name)]);
  const doc = card ? await loadDocument(name) : newDocument(name);
  return { doc, library, workflows, version: card?.version ?? 0, published: card?.published_version ?? null, card, run: null };
}

async function cardOf(name: string): Promise<Item | null> {
  try {
    return await api.get("/api/v1/workflows/{name}", { path: { name } });
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}
