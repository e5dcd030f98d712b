/** The same run, started by a program: as Python and as curl. */
import { entry } from "../../../graph/document";
import { itemsOf } from "../../../inputs/rules";
import type { Port, Run } from "./run";

/** What stands where a secret was. */
const SECRET = "…";

function given(run: Run): [string, string | string[]][] {
  return (run.input_ports as Port[])
    .filter((port) => Object.hasOwn(run.inputs, port.name))
    .map((port) => {
      const value = entry(run.inputs, port.name) ?? "";
      if (port.type === "secret") return [port.name, SECRET];
      return [port.name, (port.many ? itemsOf(value) : null) ?? value];
    });
}

/** A text in Python: JSON's escapes mean the same there. */
function python(value: string | string[]): string {
  return typeof value === "string" ? JSON.stringify(value) : `[${value.map((one) => JSON.stringify(one)).join(", ")}]`;
}

export function asPython(run: Run, origin: string): string {
  const inputs = given(run).map(([name, value]) => `    ${JSON.stringify(name)}: ${python(value)},\n`);
  const verb = run.trial === "service" ? "try_service" : "start_run";
  return [
    "import os\n",
    "from tarry.client import Platform\n",
    `with Platform(${JSON.stringify(origin)}, os.environ["TARRY_TOKEN"]) as platform:`,
    `    run = platform.${verb}(${JSON.stringify(run.workflow)}, {${inputs.length ? `\n${inputs.map((line) => `    ${line}`).join("")}    ` : ""}}${run.trial === "workflow" ? ', version="newest"' : ""})`,
    "    print(platform.wait(run.id, progress=True).outputs)\n",
  ].join("\n");
}

/** A word for a shell: nothing within is special. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What is run: of a trial of a draft, the newest one. */
function what(run: Run): Record<string, string> {
  if (run.trial === "service") return { service: run.workflow };
  return { workflow: run.workflow, ...(run.trial === "workflow" ? { version: "newest" } : {}) };
}

export function asCurl(run: Run, origin: string): string {
  const body = JSON.stringify({ ...what(run), inputs: Object.fromEntries(given(run)) });
  return `curl -H "Authorization: Bearer $TARRY_TOKEN" -H 'Content-Type: application/json' \\\n  -d ${quoted(body)} \\\n  ${quoted(`${origin}/api/v1/runs`)}\n`;
}
