/** Properties are tried with the same examples each time in CI: a change is judged there, not its luck. */
import fc from "fast-check";

if (process.env["CI"]) fc.configureGlobal({ seed: 20_261_124 });
