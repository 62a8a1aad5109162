import { execFile } from "node:child_process";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const main = fileURLToPath(new URL("../dist/bundle/main.js", import.meta.url));
const sockets: Socket[] = [];
/** As a broker that hangs: it takes connections, and never says a word. */
const silent = createServer((socket) => void sockets.push(socket));

beforeAll(() => new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

it.each(["doctor", "streams", "channels"])(
  "p4 %s ends beside a broker that hangs, with all its output",
  async (verb) => {
    const { port } = silent.address() as AddressInfo;
    const env = { PATH: process.env["PATH"], P4_NATS_URL: `nats://127.0.0.1:${port}` };
    const ran = await new Promise<{ code: unknown; killed: boolean; out: string; err: string }>((resolve) => {
      execFile(process.execPath, [main, verb, "--json"], { env, timeout: 55_000 }, (error, out, err) =>
        resolve({ code: error?.code, killed: error?.killed === true, out, err }),
      );
    });
    expect(ran).toMatchObject({ code: 3, killed: false, err: expect.stringContaining("error: ") as string });
    expect(JSON.parse(ran.out)).toMatchObject({ error: { code: "STORE_UNAVAILABLE" } });
  },
);

it("finds the files beside it from where it is bundled to", async () => {
  const out = await new Promise<string>((resolve) => {
    execFile(process.execPath, [main, "--version"], (_error, text) => resolve(text));
  });
  expect(out).toMatch(/^p4 \d+\.\d+\.\d+/);
});
