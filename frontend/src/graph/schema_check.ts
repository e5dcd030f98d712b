/** For tests: whether data keeps to a JSON Schema; knows as much of it as the schema of documents uses. */
type Schema = Readonly<Record<string, unknown>>;

/** Gives what breaks the schema, each with its place. */
export function broken(schema: Schema, data: unknown, root: Schema = schema, at = ""): string[] {
  if (typeof schema.$ref === "string") return broken(lookup(root, schema.$ref), data, root, at);
  const found: string[] = [];
  const wrong = (what: string) => found.push(`${at}: ${what}`);
  if ("const" in schema && schema.const !== data) wrong(`is not ${JSON.stringify(schema.const)}`);
  if (Array.isArray(schema.enum) && !schema.enum.includes(data)) wrong("is none of the words");
  if (typeof schema.type === "string" && !isOf(schema.type, data)) return [...found, `${at}: is no ${schema.type}`];
  for (const many of ["oneOf", "anyOf"]) {
    const options = schema[many] as Schema[] | undefined;
    if (!options) continue;
    const fitting = options.filter((option) => broken(option, data, root, at).length === 0).length;
    if (fitting === 0 || (many === "oneOf" && fitting > 1)) wrong(`fits ${fitting} of ${many}`);
  }
  if (typeof data === "string" && data.length < Number(schema.minLength ?? 0)) wrong("is too short");
  if (typeof data === "number") {
    if (data < Number(schema.minimum ?? -Infinity) || data > Number(schema.maximum ?? Infinity)) wrong("is out of range");
  }
  if (Array.isArray(data)) found.push(...list(schema, data, root, at));
  else if (typeof data === "object" && data !== null) found.push(...record(schema, data as Record<string, unknown>, root, at));
  return found;
}

function list(schema: Schema, data: readonly unknown[], root: Schema, at: string): string[] {
  const items = schema.items as Schema | undefined;
  const found = items ? data.flatMap((one, index) => broken(items, one, root, `${at}/${index}`)) : [];
  if (data.length < Number(schema.minItems ?? 0) || data.length > Number(schema.maxItems ?? Infinity)) found.push(`${at}: has a wrong length`);
  return found;
}

function record(schema: Schema, data: Record<string, unknown>, root: Schema, at: string): string[] {
  const known = (schema.properties ?? {}) as Record<string, Schema>;
  const more = schema.additionalProperties;
  const found: string[] = [];
  for (const name of (schema.required ?? []) as string[]) if (!Object.hasOwn(data, name)) found.push(`${at}: lacks ${name}`);
  for (const [name, value] of Object.entries(data)) {
    const own = Object.hasOwn(known, name) ? known[name] : undefined;
    if (own) found.push(...broken(own, value, root, `${at}/${name}`));
    else if (more === false) found.push(`${at}/${name}: is not known`);
    else if (typeof more === "object") found.push(...broken(more as Schema, value, root, `${at}/${name}`));
  }
  return found;
}

function isOf(type: string, data: unknown): boolean {
  switch (type) {
    case "object":
      return typeof data === "object" && data !== null && !Array.isArray(data);
    case "array":
      return Array.isArray(data);
    case "integer":
      return Number.isInteger(data);
    default:
      return typeof data === type;
  }
}

function lookup(root: Schema, reference: string): Schema {
  let at: unknown = root;
  for (const piece of reference.replace("#/", "").split("/")) at = (at as Record<string, unknown>)[piece];
  return at as Schema;
}
