/** What the shared controls say. */
export const kit = {
  optional: "optional",
  cancel: "Cancel",
  close: "Close",
  retry: "Try again",
  reload: "Reload the page",
  loading: "Loading…",
  trouble: "That did not work",
  broken: "This part of the page has broken",
  brokenHint: "Everything else goes on working. If it happens again, please tell who runs this platform; this is what was found:",
  slider: "Slider",
} as const;
