import { join } from "node:path";
import { installOnce, run } from "./install-once.ts";

/** @returns the path of a program that Go has built from a module at exactly this version. */
export async function goProgram(module: string, version: string, name: string): Promise<string> {
  const folder = await installOnce(`${name}-${version}`, async (staging) => {
    // The Go that is there, or none: no other one is fetched for it.
    const env = { ...process.env, GOBIN: staging, GOTOOLCHAIN: "local", CGO_ENABLED: "0" };
    await run("go", ["install", `${module}@${version}`], { env });
  });
  return join(folder, name);
}
