import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, text } from "@p4/testkit/command-line";
import { conversations } from "../table/loads.ts";
import { buildOther, workspaceRoot } from "../table/other-build.ts";
import { startSystem } from "../table/subjects.ts";
import { startMeasuring } from "../table/under-load.ts";
import { warmUp } from "../table/warm-up.ts";
import { callTree, type CpuProfile } from "./call-tree.ts";
import { flameGraphSvg } from "./flame-graph.ts";

const about = `Where an edge's time goes while 32 conversations run, as a flame graph: flame.svg, and flame-<git ref>.svg of another commit.
The profiler itself takes about a tenth.`;

const sampleEveryMicros = 250;
const rounds = 6;
const channels = 32;
const messages = 60;

export const profile = command({
  name: "profile",
  summary: "where an edge's time goes, as a flame graph",
  about,
  options: { against: text("git ref", null), output: { ...text("folder", "."), short: "-o" } },
  async run({ against, output }) {
    const onProgress = (line: string): void => void process.stderr.write(`  ${line}\n`);
    await mkdir(output, { recursive: true });
    await profileInto(join(output, "flame.svg"), "this build", workspaceRoot, onProgress);
    if (against === null) return 0;
    const other = await buildOther(against, onProgress);
    try {
      const name = `flame-${against.replaceAll(/[^\w.-]/g, "_")}.svg`;
      await profileInto(join(output, name), against, other.root, onProgress);
    } finally {
      await other.remove();
    }
    return 0;
  },
});

async function profileInto(file: string, name: string, root: string, onProgress: (text: string) => void) {
  const folder = await mkdtemp(join(tmpdir(), "p4-profile-"));
  try {
    const { recorded, fromEndMs, toEndMs, cpuMicros } = await recordProfile(name, root, folder, onProgress);
    const lengthMicros = recorded.timeDeltas.reduce((sum, each) => sum + each, 0);
    const tree = callTree(recorded, lengthMicros - fromEndMs * 1_000, lengthMicros - toEndMs * 1_000);
    const count = rounds * channels * messages;
    const title = `An edge's main thread, ${name}: ${String(Math.round(tree.totalMicros / count))} µs a message of ${String(Math.round(cpuMicros))} µs of CPU in all its threads`;
    await writeFile(
      file,
      flameGraphSvg(tree, title, (micros) => `${(micros / count).toFixed(1)} µs a message`),
    );
    process.stdout.write(`${file}: ${title}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** With when the load began and ended, in ms before the process's end: V8's profile has a clock of its own. */
async function recordProfile(name: string, root: string, folder: string, onProgress: (text: string) => void) {
  const execArgv = ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${String(sampleEveryMicros)}`];
  const system = await startSystem(name, root, onProgress, execArgv);
  let [fromMs, toMs, cpuMicros] = [0, 0, 0];
  try {
    await warmUp(system, onProgress);
    onProgress(`profiling ${name}`);
    fromMs = performance.now();
    for (let round = 0; round < rounds; round++) {
      const load = conversations(channels, messages);
      await load({ subject: system, prefix: `profile-${String(round)}-` }, async (work) => {
        const measuring = startMeasuring(system);
        await work(() => undefined);
        cpuMicros += (measuring.end(channels * messages).serverCpuMicros ?? 0) / rounds;
      });
    }
    toMs = performance.now();
  } finally {
    await system.stop();
  }
  const endMs = performance.now();
  const [written = ""] = await readdir(folder);
  const recorded = JSON.parse(await readFile(join(folder, written), "utf8")) as CpuProfile;
  return { recorded, fromEndMs: endMs - fromMs, toEndMs: endMs - toMs, cpuMicros };
}
