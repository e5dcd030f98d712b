/** Every text of the portal that a person reads, in English; one file for each room. */
import { kit } from "./en/kit";
import { shell } from "./en/shell";
import { workflows } from "./en/workflows";

export const text = { kit, shell, workflows } as const;
