/** Runs and steps for tests. */
import type { Run, Step } from "./states";

export function aStep(change: Partial<Step> = {}): Step {
  return {
    id: "0_1", number: 1, key: "s1", name: "Mesh", service: "http://x/a.owl#a_Service", operation: "a", state: "running", progress: null, attempt: 1,
    started_at: "2026-01-01T10:00:00Z", ended_at: null, failure: null, inputs: {}, outputs: {}, folder: "", page_tag: "t", note: "", kind: "asynchronous",
    waits: false, hears: false, retry_at: null, passed_over: false, taken_from: null, ...change,
  };
}

export function aRun(change: Partial<Run> = {}): Run {
  return {
    id: "0", workflow: "Demo", title: "Mesh a part", state: "running", owner: "ada", project: "bridges", created_at: "2026-01-01T10:00:00Z",
    started_at: "2026-01-01T10:00:00Z", ended_at: null, inputs: {}, outputs: {}, input_ports: [], output_ports: [], failure: null, steps: [], waits: false,
    messages: [], constructs: [], resumed_from: null, rerun_of: null, trial: null, tell: [], ...change,
  };
}
