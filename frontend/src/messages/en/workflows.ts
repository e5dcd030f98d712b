/** What the pages of workflows say. */
export const workflows = {
  title: "Workflows",
} as const;
