import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The workspace's packages, by their place and their `type:` tag.
 *
 * @param {string} workspaceRoot absolute
 * @returns {{ root: string, name: string, layer: string }[]} root is relative: `libs/nats`
 */
export function readProjects(workspaceRoot) {
  return ["libs", "apps"].flatMap((group) =>
    readdirSync(join(workspaceRoot, group))
      .map((name) => ({ root: `${group}/${name}`, manifest: join(workspaceRoot, group, name, "package.json") }))
      .filter(({ manifest }) => existsSync(manifest))
      .map(({ root, manifest }) => {
        const { name, nx } = JSON.parse(readFileSync(manifest, "utf8"));
        const layer = nx?.tags?.find((tag) => tag.startsWith("type:"));
        if (layer === undefined) throw new Error(`${root}/package.json has no "type:" tag: its layer is unknown`);
        return { root, name, layer };
      }),
  );
}
