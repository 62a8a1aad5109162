import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { runP4 } from "./test-support/run-p4.ts";

async function complete(...words: readonly string[]): Promise<string[]> {
  const { out } = await runP4(["completion", "bash"]);
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const script = `${out}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _p4; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim().split("\n");
}

describe("p4 completion", () => {
  it("completes verbs, verbs of verbs and options in bash", async () => {
    expect(await complete("p4", "rep")).toEqual(["replay"]);
    expect(await complete("p4", "proof", "")).toContain("requeue");
    expect(await complete("p4", "channels", "--json", "--st")).toEqual(["--state", "--stuck"]);
    expect(await complete("p4", "replay", "inv1", "--fo")).toEqual(["--follow"]);
  });

  it.each(["zsh", "fish"])("knows every verb in %s", async (shell) => {
    const { out } = await runP4(["completion", shell]);
    for (const verb of ["doctor", "channels", "replay", "completion", "requeue"]) expect(out).toContain(verb);
  });

  it("knows no other shell", async () => {
    expect((await runP4(["completion", "tcsh"])).exitCode).toBe(2);
  });
});
