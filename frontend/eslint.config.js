import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Who may import whom: graph < graph-view, inputs, run-states < editor < portal; kit, api and messages know none of them. */
const layer = (files, forbidden, message) => ({
  files,
  rules: {
    "no-restricted-imports": ["error", { patterns: [{ group: forbidden, message }] }],
  },
});

/** Ports are called as their services like, `constructor` too: what objects have by themselves is not what was given. */
const othersNames = [
  {
    selector: "MemberExpression[computed=true][property.type='MemberExpression'][property.property.name='name']",
    message: "Others choose this name: entry() of graph/document finds nothing that every object has.",
  },
  { selector: "BinaryExpression[operator='in'][left.type!='Literal']", message: "Others choose this name: use Object.hasOwn()." },
];

export default defineConfig(
  { ignores: ["node_modules", "src/api/schema.d.ts"] },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      eqeqeq: "error",
      "no-console": "error",
      "@typescript-eslint/no-unnecessary-type-parameters": "off", // answers are typed by who asks
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "max-lines": ["error", 400],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-restricted-syntax": ["error", ...othersNames],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  layer(
    ["src/graph/**"],
    ["react", "react-dom", "react/*", "react-dom/*", "@xyflow/*", "elkjs", "elkjs/*", "**/editor/**", "**/portal/**", "**/kit/**", "**/api/**"],
    "graph/ holds pure rules: it imports neither React nor DOM, and nothing from the rooms above it.",
  ),
  layer(
    ["src/graph-view/**", "src/inputs/**", "src/run-states/**"],
    ["**/portal/**", "**/editor/**"],
    "What the editor and the portal share stands below both.",
  ),
  layer(["src/editor/**"], ["**/portal/**"], "editor/ stands below portal/."),
  layer(
    ["src/kit/**", "src/api/**", "src/messages/**"],
    ["**/portal/**", "**/editor/**", "**/graph/**", "**/graph-view/**", "**/inputs/**", "**/run-states/**"],
    "kit, api and messages know nothing of the rooms that use them.",
  ),
  {
    files: ["src/graph/**"],
    rules: {
      "no-restricted-globals": ["error", "window", "document", "navigator", "localStorage", "sessionStorage", "fetch", "location", "setTimeout"],
    },
  },
);
