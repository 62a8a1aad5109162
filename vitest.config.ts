import { defineConfig } from "vitest/config";

// All packages in one run: the workers are shared, and one line at the end counts everything.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      "libs/*/vitest.config.ts",
      "apps/*/vitest.config.ts",
      { test: { name: "tools", root: "tools", include: ["**/*.test.mjs"], testTimeout: 60_000 } },
    ],
  },
});
