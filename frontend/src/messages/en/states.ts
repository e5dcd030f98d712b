/** What the states of runs and steps are called. */
export const states = {
  queued: "Queued",
  running: "Running",
  asking: "Waiting for you",
  failing: "Failing",
  aborting: "Aborting",
  finished: "Finished",
  failed: "Failed",
  aborted: "Aborted",
  starting: "Starting",
  unknown: "Outcome unknown",
  waitsForAnswer: "Waits for an answer",
} as const;
