/** Every text of the portal that a person reads, in English; one file for each room. */
import { admin } from "./en/admin";
import { kit } from "./en/kit";
import { services } from "./en/services";
import { shell } from "./en/shell";
import { workflows } from "./en/workflows";

export const text = { admin, kit, services, shell, workflows } as const;
