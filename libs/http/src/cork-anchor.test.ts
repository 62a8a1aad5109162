import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";

/** Its own process: uWS writes its warnings past Node, straight to the file descriptor. */
const server = `
  import { startServer } from "@p4/http";
  const later = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
  const { port } = await startServer({
    host: "127.0.0.1", port: 0, routes: [], onError: () => undefined,
    webSockets: [{
      path: "/ws", maxMessageBytes: 100,
      upgrade: async () => { await later(); return { accept: true, data: null }; },
      message: (socket, text) => void socket.send(text),
    }],
  });
  process.stdout.write(String(port));
`;

it("upgrades that are decided later give living sockets, and no warning", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", server], { cwd: import.meta.dirname });
  let warnings = "";
  child.stderr.on("data", (chunk: Buffer) => (warnings += chunk.toString()));
  try {
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    const echoed = Array.from({ length: 300 }, () => echo(`ws://127.0.0.1:${port.toString()}/ws`));
    expect(new Set(await Promise.all(echoed))).toEqual(new Set(["still here"]));
    expect(warnings).toBe("");
  } finally {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }
});

function echo(url: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.send("still here");
    socket.onclose = ({ code }) => resolve(`closed ${String(code)}`);
    socket.onmessage = ({ data }) => {
      socket.onclose = null;
      socket.close();
      resolve(String(data));
    };
  });
}
