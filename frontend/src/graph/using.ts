/** Whether a step uses its service, or a nested workflow, as it can be used. */
import { FILLED_IN, entry, isWire, type Nested, type Step } from "./document";
import { inputsOf, outputsOf, portsOf, type Library } from "./library";
import { mustBeGiven, refusal, type Port } from "./ports";
import { problem, type Problem } from "./telling";
import { within } from "./walking";

const MOST_RETRIES = 20;
const LONGEST_PAUSE = 86_400;
const LONGEST_TIME_OUT = 366 * 86_400;

/** Tells what is wrong with one use of a service or workflow. */
export function using(node: Step | Nested, key: string, library: Library): Problem[] {
  const found: Problem[] = node.kind === "step" ? settings(node, key) : [];
  if (portsOf(library, node) === null) {
    if (node.kind === "step") found.push(problem(key, "unknown-service", "unknown-service", { uri: node.service }));
    return found;
  }
  const inputs = inputsOf(library, node);
  const outputs = outputsOf(library, node);
  const unknown = (used: readonly string[], ports: ReadonlyMap<string, Port>) => {
    for (const name of used) {
      if (ports.has(name)) continue;
      const known = [...ports.keys()].filter((port) => !FILLED_IN.includes(port)).join(", ");
      found.push(problem(within(key, name), "unknown-port", "unknown-port", { port: name, known }));
    }
  };
  unknown(Object.keys(node.inputs), inputs);
  unknown(Object.keys(node.outputs), outputs);
  for (const [name, port] of inputs) {
    const source = entry(node.inputs, name);
    const place = within(key, name);
    if (source === undefined && mustBeGiven(port)) found.push(problem(place, "unwired-input", "unwired-input", { port: name }));
    else if (source !== undefined && !isWire(source)) found.push(...constant(place, port, source.value));
  }
  if (node.kind === "step" && node.onFailure !== null) {
    unknown(Object.keys(node.onFailure).filter((name) => !Object.hasOwn(node.outputs, name)), outputs);
    for (const [name, text] of Object.entries(node.onFailure)) {
      const port = outputs.get(name);
      if (port) found.push(...constant(within(key, name), port, text));
    }
  }
  return found;
}

/** Tells whether a value that stands in the document may go to a port. */
export function constant(place: string, port: Port, text: string): Problem[] {
  if (port.type === "secret") return [problem(place, "secret", "secret-written")];
  const why = refusal(port, text);
  return why ? [{ place, code: "constant", reason: why }] : [];
}

function settings(step: Step, key: string): Problem[] {
  const found: Problem[] = [];
  if (step.retries > MOST_RETRIES) found.push(problem(key, "setting", "setting-retries", { most: String(MOST_RETRIES) }));
  if (step.retryPause > LONGEST_PAUSE) found.push(problem(key, "setting", "setting-pause"));
  if (step.timeOut !== null && !(step.timeOut > 0 && step.timeOut <= LONGEST_TIME_OUT)) found.push(problem(key, "setting", "setting-time-out"));
  return found;
}
