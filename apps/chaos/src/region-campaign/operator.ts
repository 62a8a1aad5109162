import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { region } from "../regions/move-region.ts";

/** When a command is killed: after this share of its steps, in [0, 1), and this many ms. */
export interface KillPlan {
  readonly after: number;
  readonly delayMs: number;
}

export interface CommandEnd {
  readonly command: string;
  readonly startedAtMs: number;
  readonly tookMs: number;
  /** `done`, `killed`, or the code that the command has told. */
  readonly outcome: string;
  /** How long each step took, of a command that was done. */
  readonly steps?: readonly StepTook[];
}

export interface StepTook {
  readonly step: string;
  readonly tookMs: number;
}

/** Carries out `p4 region ...` as a process of its own, as an operator does at a terminal. */
export interface Operator {
  run(args: readonly string[], kill?: KillPlan): Promise<CommandEnd>;
}

export interface OperatorOptions {
  /** `a=nats://...;b=...`, as the operator reaches them. */
  readonly sites: string;
  readonly dataDir: string;
  readonly onEnd: (end: CommandEnd) => void;
  readonly signal: AbortSignal;
}

const main = fileURLToPath(new URL("../../../cli/dist/main.js", import.meta.url));
const longestMs = 120_000;

export function createOperator({ sites, dataDir, onEnd, signal }: OperatorOptions): Operator {
  const env = { PATH: process.env["PATH"], P4_SITES: sites, P4_DATA_DIR: dataDir, P4_REGION: region, P4_REPLICAS: "1" };
  const start = (args: readonly string[]) =>
    spawn(process.execPath, [main, "region", ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
      signal,
      timeout: longestMs,
    });
  const answer = async (args: readonly string[]): Promise<{ code: number | null; json: Answer }> => {
    const child = start([...args, "--json"]);
    child.stderr.resume();
    let text = "";
    child.stdout.on("data", (bytes: Buffer) => (text += bytes.toString()));
    const code = await endOf(child);
    return { code, json: text === "" ? {} : (JSON.parse(text) as Answer) };
  };
  const killed = async (args: readonly string[], { after, delayMs }: KillPlan): Promise<string> => {
    const plan = await answer([...args, "--dry-run"]);
    const { steps = [], warnings = [] } = plan.json;
    if (plan.code !== 0 || steps.length === 0) return plan.json.error?.code ?? "done";
    // Shown first, then told of one by one.
    const lines = warnings.length + steps.length + Math.floor(after * steps.length);
    const child = start([...args, "--yes"]);
    child.stdout.resume();
    let told = 0;
    createInterface({ input: child.stderr }).on("line", () => {
      if (++told === lines) void delay(delayMs).then(() => child.kill("SIGKILL"));
    });
    const code = await endOf(child);
    return code === null ? "killed" : code === 0 ? "done" : `exit ${String(code)}`;
  };
  return {
    async run(args, kill) {
      const startedAtMs = Date.now();
      const run = async (): Promise<Pick<CommandEnd, "outcome" | "steps">> => {
        if (kill !== undefined) return { outcome: await killed(args, kill) };
        const { code, json } = await answer([...args, "--yes"]);
        if (code !== 0) return { outcome: json.error?.code ?? `exit ${String(code)}` };
        return { outcome: "done", ...(json.steps === undefined ? {} : { steps: json.steps as readonly StepTook[] }) };
      };
      const ended = await run();
      const end = { command: args.join(" "), startedAtMs, tookMs: Date.now() - startedAtMs, ...ended };
      onEnd(end);
      return end;
    },
  };
}

interface Answer {
  readonly error?: { readonly code: string };
  readonly steps?: readonly unknown[];
  readonly warnings?: readonly string[];
}

/** Null: a signal has ended it. */
function endOf(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
}
