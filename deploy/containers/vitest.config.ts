import { defineConfig } from "vitest/config";

// Containers are started and broken one after the other; how long that takes is the machine's matter.
export default defineConfig({
  test: {
    include: ["*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 240_000,
    fileParallelism: false,
    reporters: ["verbose"],
  },
});
