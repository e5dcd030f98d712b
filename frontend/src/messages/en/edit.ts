/** The words around the editor, which are there before it is loaded. */
export const edit = {
  pageTitle: (title: string) => `${title} · Editor`,
  back: "Back to the workflow",
  newTitle: "New workflow",
  newName: "What is it called?",
  newHint: "You can change the title later; its name in addresses stays.",
  newAddress: (name: string) => `Its name in addresses: ${name}`,
  create: "Open the editor",
} as const;
