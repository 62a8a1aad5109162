import { createServer } from "node:net";
import { us_socket_local_port, type TemplatedApp, type us_listen_socket } from "uWebSockets.js";
import { HttpServerError, type HttpErrorCode } from "./errors.ts";

// uWS's ListenOptions is a type-only enum; without this flag a second server could share the port and steal connections.
const EXCLUSIVE_PORT = 1;

/** The form with host, port and options works, but the typings leave it out. */
interface ListenWithOptions {
  listen(host: string, port: number, options: number, callback: (socket: us_listen_socket | false) => void): unknown;
}

/**
 * Listens on host:port; port 0 takes a free one. `portVariable` is what errors tell the reader to set.
 * Throws HttpServerError HTTP_ADDRESS_IN_USE, HTTP_ADDRESS_DENIED or HTTP_ADDRESS_UNAVAILABLE.
 */
export async function listen(
  app: TemplatedApp,
  host: string,
  port: number,
  portVariable?: string,
): Promise<{ token: us_listen_socket; port: number }> {
  const result: { token?: us_listen_socket | false } = {};
  (app as unknown as ListenWithOptions).listen(
    host,
    port,
    EXCLUSIVE_PORT,
    (socket: us_listen_socket | false) => (result.token = socket),
  );
  // uWS calls back before it returns.
  const { token = false } = result;
  if (token !== false) return { token, port: us_socket_local_port(token) };
  throw await explain(host, port, portVariable);
}

/** uWS says only "no"; Node's own listen on the same address says why. */
async function explain(host: string, port: number, portVariable: string | undefined): Promise<HttpServerError> {
  const cause = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const probe = createServer();
    probe.once("error", resolve);
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  const [code, text] = reasonFor(cause?.code, host, port, portVariable);
  return new HttpServerError(code, text, { cause });
}

function reasonFor(
  cause: string | undefined,
  host: string,
  port: number,
  portVariable: string | undefined,
): [HttpErrorCode, string] {
  const address = `${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
  const choose = portVariable === undefined ? "choose another port" : `set ${portVariable} to another port`;
  switch (cause) {
    case "EACCES":
    case "EPERM":
      return ["HTTP_ADDRESS_DENIED", `no permission to listen on ${address}: ${choose} from 1024 up`];
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return [
        "HTTP_ADDRESS_UNAVAILABLE",
        `cannot listen on ${address}: this machine has no such address; use one of its own, 127.0.0.1 or 0.0.0.0`,
      ];
    case "EADDRINUSE":
    default:
      return [
        "HTTP_ADDRESS_IN_USE",
        `cannot listen on ${address}: another process uses this port; stop it or ${choose} (0 takes a free one)`,
      ];
  }
}
