/** Every text of the portal that a person reads, in English; one file for each room. */
import { account } from "./en/account";
import { admin } from "./en/admin";
import { kit } from "./en/kit";
import { runs } from "./en/runs";
import { services } from "./en/services";
import { shell } from "./en/shell";
import { states } from "./en/states";
import { workflows } from "./en/workflows";

export const text = { account, admin, kit, runs, services, shell, states, workflows } as const;
