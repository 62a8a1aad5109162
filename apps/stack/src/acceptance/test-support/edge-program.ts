import type { CountedNode } from "@p4/testkit/leak-counters";
import { afterAll, beforeAll, expect } from "vitest";
import { freePorts, readState, StackProcess, testDir } from "../../test-support/stack-process.ts";
import { crowdFromOneAddress, edgeServerAt, type EdgeServer } from "./edge-server.ts";

export interface EdgeProgram {
  readonly server: EdgeServer;
  /** What is counted of it before and after. */
  readonly counted: CountedNode;
  /** Bytes that the process holds. */
  memoryBytes(): Promise<number>;
  /** It answers, it has said nothing of an error, and it will end in order. */
  expectHealthy(): Promise<void>;
}

/** Little memory: what leaks kills it. */
const heapLimit = "--max-old-space-size=128";

/** The built program, edge and broker alone, in a process of its own: what kills it is seen. Ended after the file. */
export function withEdgeProgram(settings: Record<string, string> = {}): EdgeProgram {
  const dataDir = testDir(afterAll);
  let program: StackProcess | undefined;
  let server: EdgeServer | undefined;
  let monitorUrl = "";
  beforeAll(async () => {
    const own = { P4_DATA_DIR: dataDir, P4_APPS: "edge", P4_LOG_LEVEL: "warn", NODE_OPTIONS: heapLimit };
    program = new StackProcess([], { ...freePorts, ...crowdFromOneAddress, ...own, ...settings });
    await program.printed("Serving.");
    const { endpoints, monitorUrl: url } = await readState(dataDir);
    monitorUrl = url;
    server = edgeServerAt(new URL(endpoints[0]?.url ?? "").host);
  });
  afterAll(async () => {
    await program?.end();
    // Not 1 for a fault, not a signal's name: it was told to end, and did.
    expect(await program?.exited).toBe(0);
  });
  const running = () => {
    if (program === undefined || server === undefined) throw new Error("the program runs from beforeAll on");
    return { program, server };
  };
  return {
    get server() {
      return running().server;
    },
    get counted() {
      const { program, server } = running();
      return { httpUrl: server.httpUrl, pid: program.child.pid ?? 0, monitorUrl };
    },
    async memoryBytes() {
      const { text } = await running().server.get("/metrics");
      return Number(/^process_resident_memory_bytes\S* (\S+)$/m.exec(text)?.[1]);
    },
    async expectHealthy() {
      const { program, server } = running();
      expect((await server.get("/livez")).status).toBe(200);
      expect((await server.get("/readyz")).status).toBe(200);
      expect(program.child.exitCode).toBeNull();
      expect(`${program.stdout}${program.stderr}`).not.toMatch(/unhandled|uncaught|"level":"?(error|fatal|50|60)/i);
    },
  };
}
