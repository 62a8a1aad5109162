import { defineConfig } from "vitest/config";
import { readProjects } from "./tools/projects.mjs";
import { testLimits } from "./vitest.shared.ts";

// All packages in one run: they share the workers, and one count covers everything. A package's own number of workers
// holds when it is tested alone. Twice the cores of a small machine: half of a run is waiting for deadlines,
// elections and browsers.
const maxWorkers = 4;

export default defineConfig({
  test: {
    maxWorkers,
    projects: [
      ...readProjects(import.meta.dirname).map(({ root, name }) => ({
        extends: `./${root}/vitest.config.ts`,
        root,
        test: { name, maxWorkers },
      })),
      { test: { name: "tools", root: "tools", include: ["**/*.test.mjs"], ...testLimits, maxWorkers } },
    ],
  },
});
