import { writeFile } from "node:fs/promises";
import { installOnce, run } from "./install-once.ts";

/** @returns a folder with these packages, each of exactly this version, in its `node_modules`. */
export function npmModules(name: string, dependencies: Readonly<Record<string, string>>): Promise<string> {
  const versions = Object.values(dependencies).join("-");
  return installOnce(`${name}-${versions}`, async (folder) => {
    await writeFile(`${folder}/package.json`, JSON.stringify({ private: true, dependencies }));
    // As it is from outside of this workspace, whose settings npm would hand down in the environment.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([key]) => !/^npm_(?!config_registry)/i.test(key)),
    );
    await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, env });
  });
}
