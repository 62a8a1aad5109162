import { join } from "node:path";
import { build, type Rolldown } from "vite";
import { expect, it } from "vitest";

it("bundles for a browser with nothing of Node.js in it", async () => {
  const entry = join(import.meta.dirname, "../dist/index.js");
  const built = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: false, lib: { entry, formats: ["es"] } },
  });
  const { output } = [built].flat()[0] as Rolldown.RolldownOutput;
  const chunks = output.filter((each) => each.type === "chunk");
  expect(chunks.map(({ exports }) => exports)).toEqual([expect.arrayContaining(["customer", "merchant"])]);
  expect(chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])).toEqual([]);
  for (const { code } of chunks) {
    expect(code).not.toMatch(/__vite-browser-external|["']node:|\bprocess\.|\bBuffer\./);
  }
});
