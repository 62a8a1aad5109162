// Gives vi.waitFor and vi.waitUntil the patience that expect.poll has; their own default, a second, is a measurement.
import { vi } from "vitest";
import { testLimits } from "./vitest.shared.ts";

const { waitFor, waitUntil } = vi;
const { poll } = testLimits.expect;
type Options = Parameters<typeof waitFor>[1];

function patient(options: Options): Options {
  return typeof options === "number" ? { ...poll, timeout: options } : { ...poll, ...options };
}
vi.waitFor = (callback, options) => waitFor(callback, patient(options));
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options));
