import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NatsServerError } from "./errors.ts";
import { runCommand, type CommandResult } from "./run-command.ts";

/**
 * Gets the nats-server package through the machine's own apt, without root and without touching the system: private
 * lists, state and cache below `stagingDir`, the system's mirror, proxy and keyring. apt checks the archive's signature
 * and refuses an unsigned one. The stable release is too old, so the newer suites are asked.
 *
 * @returns the path of the unpacked binary, not yet probed.
 * @throws NatsServerError FETCH_FAILED, or PLATFORM_UNSUPPORTED where there is no apt.
 */
export async function fetchWithApt(stagingDir: string, onProgress: (line: string) => void): Promise<string> {
  const distribution = await readDistribution();
  const mirror = await findMirror(stagingDir, distribution.codename);
  const failures: string[] = [];
  for (const suite of distribution.suites) {
    const workDir = join(stagingDir, suite.replace(/\W/g, "-"));
    onProgress(`asking the package archive for nats-server (${distribution.id} ${suite})`);
    try {
      return await fetchFromSuite(workDir, `deb ${await signedBy(distribution.id)}${mirror} ${suite}\n`);
    } catch (error) {
      failures.push(`${suite}: ${(error as Error).message}`);
    }
  }
  throw new NatsServerError("FETCH_FAILED", `apt could not get nats-server (${failures.join("; ")})`);
}

interface Distribution {
  readonly id: "debian" | "ubuntu";
  readonly codename: string;
  /** Suite and component, newest stable-enough first. */
  readonly suites: readonly string[];
}

async function readDistribution(): Promise<Distribution> {
  const osRelease = await readFile("/etc/os-release", "utf8").catch(() => "");
  const field = (name: string): string => new RegExp(`^${name}="?([^"\\n]*)`, "m").exec(osRelease)?.[1] ?? "";
  const family = `${field("ID")} ${field("ID_LIKE")}`;
  if (family.includes("ubuntu")) {
    return { id: "ubuntu", codename: field("UBUNTU_CODENAME"), suites: ["devel universe"] };
  }
  if (family.includes("debian")) {
    return { id: "debian", codename: field("VERSION_CODENAME"), suites: ["forky main", "sid main"] };
  }
  throw new NatsServerError("PLATFORM_UNSUPPORTED", "This machine has no apt");
}

/** The machine's own mirror. `--print-uris update` needs neither root nor package lists. */
async function findMirror(stagingDir: string, codename: string): Promise<string> {
  const lists = join(stagingDir, "lists");
  await mkdir(lists, { recursive: true });
  const args = ["-o", `Dir::State::lists=${lists}`, "-o", "Debug::NoLocking=1", "--print-uris", "update"];
  const { stdout } = await runApt(stagingDir, args);
  const mirrors = [...stdout.matchAll(/^'(\S+\/)dists\/([^/]+)\/InRelease'/gm)];
  const mirror = mirrors.find((match) => match[2] === codename) ?? mirrors[0];
  if (mirror?.[1] === undefined) throw new NatsServerError("FETCH_FAILED", "apt has no package archive configured");
  return mirror[1];
}

/** Only the distribution's own key may sign; on old releases without that file apt's trusted keys are used. */
async function signedBy(id: string): Promise<string> {
  const keyring = `/usr/share/keyrings/${id}-archive-keyring.gpg`;
  return access(keyring).then(
    () => `[signed-by=${keyring}] `,
    () => "",
  );
}

async function fetchFromSuite(workDir: string, sourceLine: string): Promise<string> {
  const dirs = { state: join(workDir, "state"), cache: join(workDir, "cache"), empty: join(workDir, "empty") };
  for (const dir of Object.values(dirs)) await mkdir(dir, { recursive: true });
  const sourceList = join(workDir, "sources.list");
  const status = join(workDir, "status");
  await writeFile(sourceList, sourceLine);
  await writeFile(status, "");
  const settings = [
    `Dir::State=${dirs.state}`,
    `Dir::State::status=${status}`,
    `Dir::Cache=${dirs.cache}`,
    `Dir::Etc::sourcelist=${sourceList}`,
    `Dir::Etc::sourceparts=${dirs.empty}`,
    "Acquire::Languages=none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
    "APT::Sandbox::User=",
    "Acquire::AllowInsecureRepositories=false",
  ].flatMap((setting) => ["-o", setting]);
  await runApt(workDir, [...settings, "-q", "update"]);
  await runApt(workDir, [...settings, "-q", "download", "nats-server"]);
  const archive = (await readdir(workDir)).find((name) => name.endsWith(".deb"));
  if (archive === undefined) throw new NatsServerError("FETCH_FAILED", "apt downloaded nothing");
  demandSuccess("dpkg-deb", await runCommand("dpkg-deb", ["-x", join(workDir, archive), join(workDir, "root")]));
  return findBinary(join(workDir, "root"));
}

async function findBinary(root: string): Promise<string> {
  for (const path of [join(root, "usr/sbin/nats-server"), join(root, "usr/bin/nats-server")]) {
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  throw new NatsServerError("FETCH_FAILED", "the package holds no nats-server");
}

async function runApt(cwd: string, args: readonly string[]): Promise<CommandResult> {
  // Messages are only shown to a human, but the C locale keeps them in one language.
  const result = await runCommand("apt-get", args, { cwd, env: { ...process.env, LC_ALL: "C" }, timeoutMs: 120_000 });
  demandSuccess("apt-get", result);
  return result;
}

function demandSuccess(program: string, result: CommandResult): void {
  if (result.exitCode === 0) return;
  const lines = result.stderr.trim().split("\n");
  const reason = lines.find((line) => line.startsWith("E:")) ?? lines.at(-1) ?? "";
  throw new NatsServerError("FETCH_FAILED", `${program} failed: ${reason}`);
}
