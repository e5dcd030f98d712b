/** What the steps of a document may use: services, and workflows in the place of services. */
import { FILLED_IN, entry, type Doc, type Nested, type Step } from "./document";
import { portOf, type GivenPort, type Port } from "./ports";

export type Kind = "synchronous" | "asynchronous" | "application";

/** What goes in and what comes out. */
export interface Ports {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** A service as a workflow sees it: without the ports that the platform fills in. */
export interface Service extends Ports {
  readonly uri: string;
  readonly kind: Kind;
  readonly title: string;
  readonly description: string;
}

export interface Library {
  readonly services: ReadonlyMap<string, Service>;
  /** Documents that may stand in the place of a service, by URI. */
  readonly workflows: ReadonlyMap<string, Doc>;
  /** Ports of workflows whose documents are not at hand, and of those that are and can be nested. */
  readonly nested: Map<string, Ports>;
}

export interface GivenService {
  readonly uri: string;
  readonly kind: Kind;
  readonly title?: string;
  readonly description?: string;
  readonly inputs: readonly GivenPort[];
  readonly outputs: readonly GivenPort[];
}

export function serviceOf(given: GivenService): Service {
  return {
    uri: given.uri,
    kind: given.kind,
    title: given.title ?? "",
    description: given.description ?? "",
    inputs: given.inputs.map(portOf),
    outputs: given.outputs.map(portOf),
  };
}

export function libraryOf(
  services: readonly Service[],
  workflows: ReadonlyMap<string, Doc> = new Map(),
  nested: ReadonlyMap<string, Ports> = new Map(),
): Library {
  return { services: new Map(services.map((one) => [one.uri, one])), workflows, nested: new Map(nested) };
}

/** Gives the ports of what a step uses; null if it is not known. */
export function portsOf(library: Library, node: Step | Nested): Ports | null {
  const found = node.kind === "nested" ? library.nested.get(node.workflow) : library.services.get(node.service);
  return found ?? null;
}

/** Gives the input ports by name; what the platform fills in may be overridden. */
export function inputsOf(library: Library, node: Step | Nested): Map<string, Port> {
  const found = new Map((portsOf(library, node)?.inputs ?? []).map((port) => [port.name, port]));
  for (const name of FILLED_IN) {
    if (!found.has(name) && entry(node.inputs, name) !== undefined) found.set(name, portOf({ name }));
  }
  return found;
}

export function outputsOf(library: Library, node: Step | Nested): Map<string, Port> {
  return new Map((portsOf(library, node)?.outputs ?? []).map((port) => [port.name, port]));
}
