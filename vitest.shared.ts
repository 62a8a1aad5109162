import { join } from "node:path";
import type { ViteUserConfig } from "vitest/config";

/**
 * What holds for the tests of every package, in one run with all the others and alone.
 *
 * A limit tells a test that hangs from one that is slow, and never measures: the machine may be busy with other work.
 * So no test has a shorter one of its own.
 */
export const testLimits = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  teardownTimeout: 60_000,
  // Shorter than a test's, so that what was waited for is in the message.
  expect: { poll: { timeout: 30_000, interval: 10 } },
  setupFiles: [join(import.meta.dirname, "vitest.setup.ts")],
};

export interface PackageTestOptions {
  /** For the package's tests alone: all packages together share the root's workers. */
  readonly maxWorkers?: number;
  /**
   * False: its test files share a worker's modules. That halves the CPU of packages whose tests are short, and holds where no
   * file changes what another one sees. Default: each file has a worker of its own.
   */
  readonly isolate?: boolean;
  /** Where one test runs a whole system of processes. */
  readonly testTimeout?: number;
}

/** A package's configuration. */
export function packageTests(options: PackageTestOptions = {}): ViteUserConfig {
  return { test: { include: ["src/**/*.test.{ts,tsx}"], ...testLimits, ...options } };
}
