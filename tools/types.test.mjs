import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const workspaceRoot = join(import.meta.dirname, "..");

// What starts is only stripped of its types. Declarations alone are written: other tests run the results meanwhile.
it("the sources keep to their types", { timeout: 900_000 }, () => {
  const compiler = join(workspaceRoot, "node_modules", "typescript", "bin", "tsc");
  const args = [compiler, "-b", "--emitDeclarationOnly", "--pretty", "false"];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: workspaceRoot, encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});
