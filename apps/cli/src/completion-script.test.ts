import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runP4 } from "./test-support/run-p4.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "p4-completion-"));
  await writeFile(join(folder, "my file.json"), "");
  await mkdir(join(folder, "archive"));
});
afterAll(() => rm(folder, { recursive: true }));

async function complete(...words: readonly string[]): Promise<string[]> {
  const { out } = await runP4(["completion", "bash"]);
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const script = `${out}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _p4; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync("bash", ["-c", script], { encoding: "utf8", cwd: folder }).trim();
  return text === "" ? [] : text.split("\n");
}

describe("p4 completion bash", () => {
  it("completes verbs, verbs of verbs and options", async () => {
    expect(await complete("p4", "rep")).toEqual(["repair", "replay"]);
    expect(await complete("p4", "proof", "")).toEqual(["requeue"]);
    expect(await complete("p4", "anchor", "ver")).toEqual(["verify"]);
    expect(await complete("p4", "channels", "--json", "--st")).toEqual(["--state", "--stuck"]);
    expect(await complete("p4", "replay", "inv1", "--fo")).toEqual(["--follow"]);
    expect(await complete("p4", "doctor", "--js")).toEqual(["--json"]);
  });

  it.each([
    { words: ["channels", "--state", "awaitingTerms"], gives: ["awaitingTermsRequest", "awaitingTerms"] },
    { words: ["channels", "--state", "settled", "exp"], gives: ["expired"] },
    { words: ["channels", "--state", "=", "set"], gives: ["settled"] },
    { words: ["pay", "--dialect", "="], gives: ["p4", "dpp"] },
    { words: ["pay", "--wallet", ""], gives: ["archive", "my file.json"] },
    { words: ["archive", "--dir", ""], gives: ["archive"] },
    { words: ["evidence", "export", "inv1", "-o", "my"], gives: ["my file.json"] },
    { words: ["completion", "b"], gives: ["bash"] },
  ])("completes what stands for a value: $words", async ({ words, gives }) => {
    expect((await complete("p4", ...words)).sort()).toEqual([...gives].sort());
  });

  it.each([
    { words: ["channels", "--limit", ""] },
    { words: ["channels", "--stuck", "--txid", ""] },
    { words: ["channels", ""] },
    { words: ["pay", ""] },
    { words: ["replay", ""] },
    { words: ["nonsense", "my"] },
  ])("offers no file where none can stand: $words", async ({ words }) => {
    expect(await complete("p4", ...words)).toEqual([]);
  });

  it("offers files where one can stand, and tells a value from a verb", async () => {
    expect(await complete("p4", "evidence", "verify", "my")).toEqual(["my file.json"]);
    expect(await complete("p4", "anchor", "--wallet", "verify", "--tru")).toEqual([]);
    expect(await complete("p4", "anchor", "verify", "--tru")).toEqual(["--trusted-key"]);
  });
});

describe("p4 completion", () => {
  it.each(["zsh", "fish"])("knows every verb in %s", async (shell) => {
    const { out } = await runP4(["completion", shell]);
    for (const verb of ["doctor", "channels", "replay", "completion", "requeue"]) expect(out).toContain(verb);
  });

  it("tells fish what an option takes", async () => {
    const { out } = await runP4(["completion", "fish"]);
    const lineOf = (text: string): string | undefined => out.split("\n").find((line) => line.includes(text));
    expect(out).toMatch(/^complete -c p4 -f\n/);
    expect(lineOf("-l state ")).toMatch(/from channels' -l state -x -a 'unopened .*damaged' -d 'in one/);
    expect(lineOf("from pay' -l wallet")).toContain("-l wallet -r -F -d");
    expect(lineOf("-l dir ")).toContain("-x -a '(__fish_complete_directories)'");
    expect(lineOf("-l limit ")).toContain("-l limit -x -d");
    expect(lineOf("from export' -l output")).toContain("-l output -s o -r -F");
    expect(out.split("\n")).toContainEqual(expect.stringMatching(/from evidence; and .*from verify' -F$/));
  });

  it("knows no other shell", async () => {
    expect((await runP4(["completion", "tcsh"])).exitCode).toBe(2);
  });
});
