import { describe, expect, it, vi } from "vitest";
import type { HttpRoute } from "./http-route.ts";
import { serve, signal } from "./test-support.ts";

const hello: HttpRoute = { method: "GET", path: "/hello", handle: () => ({ status: 200, body: "hello" }) };
const echo: HttpRoute = { method: "POST", path: "/echo/:id", handle: () => ({ status: 200 }) };

describe("CORS", () => {
  const cors = { origins: ["https://wallet.example"], exposeHeaders: ["location"] };

  it("answers a preflight of an allowed origin and marks its responses", async () => {
    const { url } = await serve({ routes: [hello, echo], cors });
    const headers = {
      origin: "https://wallet.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type",
    };
    const preflight = await fetch(`${url}/echo/1`, { method: "OPTIONS", headers });
    expect(preflight.status).toBe(204);
    // Not even a wrong one: RFC 9110 section 8.6.
    expect(preflight.headers.get("content-length")).toBeNull();
    expect(preflight.headers.get("access-control-allow-methods")).toBe("POST, OPTIONS");
    expect(preflight.headers.get("access-control-allow-headers")).toBe("content-type");
    const response = await fetch(`${url}/hello`, { headers });
    expect(response.headers.get("access-control-allow-origin")).toBe("https://wallet.example");
    expect(response.headers.get("vary")).toBe("origin");
    expect(response.headers.get("access-control-expose-headers")).toBe("location");
  });

  it("grants nothing to another origin", async () => {
    const { url } = await serve({ routes: [hello], cors });
    for (const method of ["GET", "OPTIONS"]) {
      const response = await fetch(`${url}/hello`, { method, headers: { origin: "https://evil.example" } });
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

describe("start and close", () => {
  it("says that the port is taken and what to do", async () => {
    // A port asked for by number: only then could uWS share it with a second server.
    const earlier = (await serve({})).server;
    await earlier.close();
    const { server } = await serve({ port: earlier.port });
    await expect(serve({ port: server.port })).rejects.toMatchObject({
      code: "HTTP_ADDRESS_IN_USE",
      message: expect.stringMatching(`127.0.0.1:${String(server.port)}.*choose another port`) as string,
    });
    await expect(serve({ port: server.port, portVariable: "SHOP_PORT" })).rejects.toMatchObject({
      message: expect.stringContaining("set SHOP_PORT to another port") as string,
    });
  });

  it("says that the address is not of this machine", async () => {
    await expect(serve({ host: "192.0.2.1" })).rejects.toMatchObject({ code: "HTTP_ADDRESS_UNAVAILABLE" });
  });

  it("refuses a malformed route", async () => {
    await expect(serve({ routes: [{ ...hello, path: "x" }] })).rejects.toMatchObject({ code: "HTTP_ROUTE_INVALID" });
  });

  it("finishes running requests, takes no new connections, and leaves none", async () => {
    const [arrived, goOn] = [signal(), signal()];
    const handle = async () => {
      arrived.fire();
      await goOn.promise;
      return { status: 200, body: "done" };
    };
    const { server, url } = await serve({ routes: [{ method: "GET", path: "/slow", handle }] });
    const response = fetch(`${url}/slow`);
    await arrived.promise;
    const closed = server.close();
    await expect(fetch(`${url}/slow`)).rejects.toThrow();
    goOn.fire();
    expect(await (await response).text()).toBe("done");
    expect((await response).headers.get("connection")).toBe("close");
    await closed;
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ tcpConnections: 0, runningRequests: 0 }));
  });

  it("cuts what is still running at the deadline", async () => {
    const arrived = signal();
    const handle = () => {
      arrived.fire();
      return new Promise<never>(() => undefined);
    };
    const { server, url } = await serve({ routes: [{ method: "GET", path: "/never", handle }] });
    const response = fetch(`${url}/never`);
    response.catch(() => undefined);
    await arrived.promise;
    await server.close({ deadlineMs: 10 });
    await expect(response).rejects.toThrow();
  });
});
