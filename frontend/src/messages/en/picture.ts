/** The words in pictures of workflows. */
export const picture = {
  kinds: {
    step: "Step", nested: "Workflow", sequence: "Sequence", parallel: "Side by side", branch: "If", merge: "End of if", repeat: "Repeat", "for-each": "For each",
  },
  then: "then",
  otherwise: "else",
  side: (number: number) => `side ${number}`,
} as const;
