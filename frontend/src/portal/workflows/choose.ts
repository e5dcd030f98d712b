/** Which workflows are shown. */
import type { Schemas } from "../../api/client";

type Workflow = Pick<Schemas["WorkflowAnswer"], "name" | "title" | "description" | "category" | "company">;

/** Gives those of a category in which every word is found; by title. */
export function choose<W extends Workflow>(workflows: readonly W[], wanted: { search: string; category: string }): W[] {
  const words = wanted.search.toLowerCase().split(/\s+/).filter(Boolean);
  return workflows
    .filter((one) => {
      const said = [one.name, one.title, one.description, one.category, one.company].join("\n").toLowerCase();
      return (wanted.category === "" || one.category === wanted.category) && words.every((word) => said.includes(word));
    })
    .sort((a, b) => (a.title || a.name).localeCompare(b.title || b.name));
}
