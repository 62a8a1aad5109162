import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Balancer } from "./balancer.ts";

const opened: { close(): void }[] = [];
/** So many are answered at once, so that their connections are open side by side. */
let together = 1;
let unanswered: (() => void)[] = [];
afterEach(() => {
  opened.splice(0).forEach((each) => each.close());
  [together, unanswered] = [1, []];
});

test("spreads connections over the ready edges, and passes by the one that is not", async () => {
  together = 4;
  const [one, two, draining] = [await edge("one"), await edge("two"), await edge("draining", 503)];
  const balancer = await balance(one, draining, two);
  const answers = await Promise.all([ask(balancer), ask(balancer), ask(balancer), ask(balancer)]);
  expect(answers.sort()).toEqual(["one", "one", "two", "two"]);
});

test("goes to the next edge when one has died since it was asked", async () => {
  const [one, two] = [await edge("one"), await edge("two")];
  const balancer = await balance(one, two);
  one.closeAllConnections();
  one.close();
  expect(await ask(balancer)).toBe("two");
  expect(await ask(balancer)).toBe("two");
});

test("asks for patience when no edge is ready", async () => {
  const balancer = await balance(await edge("draining", 503));
  const answer = await fetch(`http://127.0.0.1:${String(balancer.port)}/`);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("1");
});

/** An edge that answers with its name. */
async function edge(name: string, readyStatus = 200): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader("connection", "close");
    if (request.url === "/readyz") return void response.writeHead(readyStatus).end();
    unanswered.push(() => response.end(name));
    if (unanswered.length === together) unanswered.splice(0).forEach((answer) => answer());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push(server);
  return server;
}

async function balance(...edges: readonly Server[]): Promise<Balancer> {
  const balancer = await Balancer.open(
    0,
    edges.map((server) => (server.address() as AddressInfo).port),
  );
  opened.push(balancer);
  return balancer;
}

async function ask(balancer: Balancer): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${String(balancer.port)}/`, { headers: { connection: "close" } });
  return answer.text();
}
