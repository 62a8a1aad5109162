import { describe, expect, it, vi } from "vitest";
import type { HttpRoute } from "./http-route.ts";
import { json } from "./responses.ts";
import { rawClient, serve, signal } from "./test-support.ts";

const echo: HttpRoute = {
  method: "POST",
  path: "/echo/:id",
  maxBodyBytes: 1_000,
  handle: (request) =>
    json(200, {
      id: request.params["id"],
      q: request.query.getAll("q"),
      body: Buffer.from(request.body).toString(),
      header: request.headers.get("x-test"),
      from: request.remoteAddress,
    }),
};
const hello: HttpRoute = { method: "GET", path: "/hello", handle: () => ({ status: 200, body: "hello" }) };
const code = async (response: Response): Promise<unknown> => ((await response.json()) as { code: unknown }).code;

describe("requests", () => {
  it("hands over decoded parameters, query, headers, body and the peer's address", async () => {
    const { url } = await serve({ routes: [echo] });
    const response = await fetch(`${url}/echo/a%2Fb?q=1&q=%C3%A9`, {
      method: "POST",
      body: "täxt",
      headers: { "X-Test": "yes" },
    });
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({ id: "a/b", q: ["1", "é"], body: "täxt", header: "yes", from: "127.0.0.1" });
  });

  it("reads a chunked body", async () => {
    const { server } = await serve({ routes: [echo] });
    const { socket, received } = await rawClient(server.port);
    socket.write("POST /echo/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    socket.write("2\r\nde\r\n0\r\n\r\n");
    await vi.waitFor(() => expect(received()).toContain('"body":"abcde"'));
  });

  it.each([
    ["GET", "/nothing", 404, "HTTP_NOT_FOUND"],
    ["GET", "/echo/1", 405, "HTTP_METHOD_NOT_ALLOWED"],
    ["POST", "/echo/%zz", 400, "HTTP_BAD_PATH"],
    ["POST", "/echo/%ff", 400, "HTTP_BAD_PATH"],
    ["POST", "/echo/", 404, "HTTP_NOT_FOUND"],
  ])("answers %s %s with %i and the code %s", async (method, path, status, expected) => {
    const { url } = await serve({ routes: [echo] });
    const response = await fetch(url + path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await code(response)).toBe(expected);
    if (status === 405) expect(response.headers.get("allow")).toBe("POST, OPTIONS");
  });

  it("answers HEAD like GET, without the body", async () => {
    const { url } = await serve({ routes: [hello] });
    const response = await fetch(`${url}/hello`, { method: "HEAD" });
    expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([200, "5", ""]);
  });

  it.each(["throws", "rejects"])("answers 500 without details when a handler %s, and reports it", async (how) => {
    const failure = new Error("the password is hunter2");
    const handle = (): Promise<never> => {
      if (how === "throws") throw failure;
      return Promise.reject(failure);
    };
    const { url, errors } = await serve({ routes: [{ method: "GET", path: "/x", handle }] });
    const response = await fetch(`${url}/x`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("hunter2");
    expect(errors).toEqual([{ error: failure, where: "GET /x" }]);
  });

  it("does not let a header value start another header", async () => {
    const handle = () => ({ status: 200, headers: { location: "/x\r\nset-cookie: a=b" } });
    const { url, errors } = await serve({ routes: [{ method: "GET", path: "/x", handle }] });
    const response = await fetch(`${url}/x`);
    expect([response.status, response.headers.get("set-cookie"), errors.length]).toEqual([500, null, 1]);
  });
});

describe("body limits", () => {
  it("takes a body of exactly the limit and answers 413 to one byte more, keeping the connection", async () => {
    const { server } = await serve({ routes: [echo] });
    const { socket, received } = await rawClient(server.port);
    for (const [size, status] of [
      [1_000, "200 OK"],
      [1_001, "413 "],
      [1, "200 OK"],
    ] as const) {
      const before = received().length;
      socket.write(`POST /echo/1 HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(size)}\r\n\r\n${"x".repeat(size)}`);
      await vi.waitFor(() => expect(received().slice(before)).toContain(`HTTP/1.1 ${status}`));
    }
  });

  it("bounds a chunked body that declares no length", async () => {
    const { server } = await serve({ routes: [echo] });
    const { socket, received } = await rawClient(server.port);
    socket.write("POST /echo/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (let i = 0; i < 5; i++) socket.write(`fa\r\n${"x".repeat(250)}\r\n`);
    socket.write("0\r\n\r\n");
    await vi.waitFor(() => expect(received()).toContain("413 "));
  });

  it("does not read a hopelessly large body, and ends that connection", async () => {
    const { server } = await serve({ routes: [echo] });
    const { socket, received, ended } = await rawClient(server.port);
    socket.write("POST /echo/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n");
    await ended;
    expect(received()).toContain("413 ");
  });

  it("closes a TCP connection beyond the limit at once", async () => {
    const { server } = await serve({ routes: [hello], limits: { maxTcpConnections: 1 } });
    await rawClient(server.port);
    await vi.waitFor(() => expect(server.stats().tcpConnections).toBe(1));
    await (
      await rawClient(server.port)
    ).ended;
    expect(server.stats().tcpConnections).toBe(1);
  });

  it("answers 408 to a body that dribbles, and ends that connection", async () => {
    const { server } = await serve({ routes: [echo], limits: { bodyTimeoutMs: 30 } });
    const { socket, received, ended } = await rawClient(server.port);
    socket.write("POST /echo/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab");
    await ended;
    expect(received()).toContain("408 ");
    expect(server.stats().runningRequests).toBe(0);
  });
});

// uWS would end these without an answer, in its own time: the limits are the default ones.
it("answers 408 with a problem document to bodies that dribble, in whatever form", { timeout: 30_000 }, async () => {
  const { server } = await serve({ routes: [echo] });
  const dribble = async (header: string, drip: string): Promise<string> => {
    const { socket, received, ended } = await rawClient(server.port);
    socket.write(`POST /echo/1 HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`);
    const dripping = setInterval(() => socket.write(drip), 250);
    await ended;
    clearInterval(dripping);
    return received();
  };
  const answers = [dribble("Content-Length: 100000", "x"), dribble("Transfer-Encoding: chunked", "1\r\nx\r\n")];
  for (const answer of await Promise.all(answers)) {
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"HTTP_BODY_TOO_SLOW"');
  }
});

describe("a client that goes away", () => {
  it("aborts the request's signal, and the late response is thrown away", async () => {
    const [arrived, aborted] = [signal(), signal()];
    const handle: HttpRoute["handle"] = async (request) => {
      request.signal.addEventListener("abort", () => aborted.fire());
      arrived.fire();
      await aborted.promise;
      return { status: 200, body: "too late" };
    };
    const { server, errors } = await serve({ routes: [{ method: "GET", path: "/slow", handle }] });
    const { socket } = await rawClient(server.port);
    socket.write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    await arrived.promise;
    socket.destroy();
    await aborted.promise;
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ runningRequests: 0, tcpConnections: 0 }));
    expect(errors).toEqual([]);
  });

  it("in the middle of a body never reaches the handler", async () => {
    const handle = vi.fn(() => ({ status: 200 }));
    const { server } = await serve({ routes: [{ method: "POST", path: "/x", handle }] });
    const { socket } = await rawClient(server.port);
    socket.write("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab");
    await vi.waitFor(() => expect(server.stats().runningRequests).toBe(1));
    socket.destroy();
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ runningRequests: 0, tcpConnections: 0 }));
    expect(handle).not.toHaveBeenCalled();
  });
});

describe("streams", () => {
  const route = (stream: NonNullable<Awaited<ReturnType<HttpRoute["handle"]>>["stream"]>): HttpRoute => ({
    method: "GET",
    path: "/events",
    handle: () => ({ status: 200, headers: { "content-type": "text/event-stream" }, stream }),
  });

  it("sends pieces as they are written and ends when the promise settles", async () => {
    const goOn = signal();
    const { url } = await serve({
      routes: [
        route(async (writer) => {
          writer.write("data: 1\n\n");
          await goOn.promise;
          writer.write("data: 2\n\n");
        }),
      ],
    });
    const reader = ((await fetch(`${url}/events`)).body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("data: 1\n\n");
    goOn.fire();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("data: 2\n\n");
    expect((await reader.read()).done).toBe(true);
  });

  it("delivers everything in order to a reader that is slower than the writer", async () => {
    const piece = (i: number): string => `${String(i).padStart(8, "0")}${"x".repeat(100_000)}\n`;
    const { url } = await serve({
      routes: [
        route(async (writer) => {
          for (let i = 0; i < 200; i++) if (!writer.write(piece(i))) await writer.drained();
        }),
      ],
    });
    const text = await (await fetch(`${url}/events`)).text();
    expect(text === Array.from({ length: 200 }, (_, i) => piece(i)).join("")).toBe(true);
  });

  it("closes the connection of a reader that stops, at the queue's limit", async () => {
    const gone = signal();
    const { server } = await serve({
      limits: { maxStreamQueuedBytes: 100_000 },
      routes: [
        route((writer) => {
          writer.signal.addEventListener("abort", () => gone.fire());
          const fill = (): void => {
            for (let i = 0; i < 100 && !writer.signal.aborted; i++) writer.write("x".repeat(100_000));
            if (!writer.signal.aborted) setImmediate(fill);
          };
          fill();
        }),
      ],
    });
    const { socket } = await rawClient(server.port);
    socket.pause();
    socket.write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    await gone.promise;
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ runningRequests: 0, tcpConnections: 0 }));
  });

  it("breaks the connection when the function fails, so that the client does not take the part for the whole", async () => {
    const { url, errors } = await serve({
      routes: [
        route((writer) => {
          writer.write("part");
          return Promise.reject(new Error("x"));
        }),
      ],
    });
    await expect(fetch(`${url}/events`).then((response) => response.text())).rejects.toThrow();
    expect(errors).toHaveLength(1);
  });
});
