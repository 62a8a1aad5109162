import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { createBoundariesRule } from "./tools/eslint-boundaries.mjs";
import { readProjects } from "./tools/projects.mjs";

const projects = readProjects(import.meta.dirname);

/** Who may depend on whom. `type:testing` is for test files only. */
const layers = {
  "type:domain": ["type:domain"],
  "type:port": ["type:port", "type:domain"],
  "type:adapter": ["type:adapter", "type:port", "type:domain"],
  "type:application": ["type:application", "type:port", "type:domain"],
  "type:assembly": ["type:assembly", "type:application", "type:adapter", "type:port", "type:domain"],
  "type:app": ["type:assembly", "type:application", "type:adapter", "type:port", "type:domain"],
  "type:testing": ["type:testing", "type:adapter", "type:port", "type:domain"],
  "type:composition": [
    "type:composition",
    "type:app",
    "type:assembly",
    "type:application",
    "type:adapter",
    "type:port",
    "type:domain",
    "type:testing",
  ],
};

/** The only package that may import a library, so that replacing it touches one package. */
const owners = { "@nats-io/*": "libs/nats", "uWebSockets.js": "libs/http", typia: "libs/protocol" };

/** These run in a browser as well, or must not depend on the surroundings at all. */
const portableLayers = ["type:domain", "type:application"];
const consoleUsers = ["apps/cli", "apps/stack", "apps/bench", "apps/chaos"];
const testFiles = [
  "**/*.test.ts",
  "**/*.test.tsx",
  "**/fixtures/**/*.ts",
  "**/test-support.ts",
  "**/test-support/**/*.ts",
  "**/vitest.config.ts",
];

/** Layers beside a package's own that its files may import, as options of the rule. */
function boundaries(extraLayers) {
  const allowed = Object.entries(layers).map(([layer, others]) => [layer, [...others, ...extraLayers]]);
  return ["error", { layers: Object.fromEntries(allowed), allow: ["vitest.shared.ts"] }];
}

function restrictedImports(root, portable) {
  const foreign = Object.entries(owners).filter(([, owner]) => owner !== root);
  const patterns = foreign.map(([library, owner]) => ({
    group: [library],
    message: `Only ${owner} imports ${library}.`,
  }));
  if (portable) patterns.push({ group: ["node:*"], message: "Domain and application code runs without Node.js." });
  return ["error", { patterns }];
}

const unusedOnPurpose = { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true };
const clock = "Time and randomness come in with the command or through a port.";

function projectRules({ root, layer }) {
  const portable = portableLayers.includes(layer);
  const configs = [
    { files: [`${root}/**/*.{ts,tsx}`], rules: { "no-restricted-imports": restrictedImports(root, portable) } },
  ];
  if (portable) {
    // Test files read vectors and samples from disk.
    configs.push({
      files: testFiles.map((pattern) => `${root}/${pattern}`),
      rules: { "no-restricted-imports": restrictedImports(root, false) },
    });
    configs.push({
      files: [`${root}/src/**/*.ts`],
      ignores: testFiles,
      rules: { "no-restricted-globals": ["error", "process", "Buffer", "require", "__dirname"] },
    });
  }
  if (layer === "type:domain") {
    configs.push({
      files: [`${root}/src/**/*.ts`],
      ignores: testFiles,
      rules: {
        "no-restricted-properties": [
          "error",
          { object: "Date", property: "now", message: clock },
          { object: "Math", property: "random", message: clock },
        ],
      },
    });
  }
  if (!consoleUsers.includes(root))
    configs.push({ files: [`${root}/**/*.{ts,tsx}`], rules: { "no-console": "error" } });
  return configs;
}

export default defineConfig(
  { ignores: ["**/dist/**", "**/node_modules/**", "**/coverage/**"] },
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { p4: { rules: { boundaries: createBoundariesRule(import.meta.dirname, projects) } } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "p4/boundaries": boundaries([]),
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", unusedOnPurpose],
      // `void promise` marks a promise that is not awaited on purpose; numbers and booleans are fine in messages.
      "@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // An implementation of an asynchronous port may have nothing to wait for.
      "@typescript-eslint/require-await": "off",
      eqeqeq: "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-depth": ["error", 4],
      "max-params": ["error", 5],
      complexity: ["error", 15],
    },
  },
  {
    files: testFiles,
    rules: {
      "p4/boundaries": boundaries(["type:testing"]),
      // Samples and vectors come from JSON files; the test itself says what they must hold.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  ...projects.flatMap(projectRules),
);
