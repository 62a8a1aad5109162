import { defineConfig } from "vitest/config";

// The tests mostly wait for a broker, each file for its own, so more of them run at once than there are processors.
export default defineConfig({ test: { include: ["src/**/*.test.ts"], maxWorkers: 4 } });
