import { connect } from "node:net";
import {
  App,
  us_listen_socket_close,
  us_socket_local_port,
  type HttpResponse as UwsResponse,
  type TemplatedApp,
  type us_listen_socket,
} from "uWebSockets.js";

/**
 * Runs an upgrade so that uWS neither warns nor breaks it.
 *
 * A response that is answered later must be written inside a cork, or uWS writes a warning to stderr for each. But an
 * upgrade inside its own response's cork is broken: when the socket's memory stays at the same address, the end of that
 * cork reads the response's state from memory that is the WebSocket's by then, and now and then closes the newborn
 * socket without a close frame (seen in about one of two thousand joins under load). So upgrades run inside the cork of
 * another response: one that this process asks of itself and never ends.
 * The price: only the corked socket's writes are gathered, so the answer to an upgrade leaves in 24 system calls where one that
 * is decided at once needs one (counted with strace), which is a good quarter of a join's time. So what can be decided at
 * once is, and what is all but decided opens ahead of its decision (`EarlyUpgrade`); both are corked by uWS, as their
 * callback is still running.
 */
export interface CorkAnchor {
  run(write: () => void): void;
  /** Each `acquireCorkAnchor` needs one release; the last one closes the connection. */
  release(): void;
}

interface Anchor {
  readonly res: UwsResponse;
  readonly close: () => void;
}

let users = 0;
let current: Promise<Anchor | null> | undefined;

/** One connection per process, shared by its servers. */
export async function acquireCorkAnchor(): Promise<CorkAnchor> {
  users += 1;
  const anchor = await (current ??= dropAnchor());
  let released = false;
  return {
    run(write) {
      if (anchor === null) write();
      else anchor.res.cork(write);
    },
    release() {
      if (released) return;
      released = true;
      users -= 1;
      if (users > 0) return;
      current = undefined;
      anchor?.close();
    },
  };
}

/** Null where loopback cannot be had: upgrades then work all the same, with uWS's warning. */
async function dropAnchor(): Promise<Anchor | null> {
  const app: TemplatedApp = App();
  const arrived = new Promise<UwsResponse>((resolve) => {
    app.any("/*", (res) => {
      res.onAborted(() => undefined);
      resolve(res);
    });
  });
  const listening = await new Promise<us_listen_socket | false>((resolve) => {
    app.listen("127.0.0.1", 0, (socket) => resolve(socket));
  });
  if (listening === false) return null;
  const client = connect(us_socket_local_port(listening), "127.0.0.1");
  client.on("error", () => undefined).on("connect", () => client.write("GET / HTTP/1.1\r\nHost: anchor\r\n\r\n"));
  const res = await arrived;
  // Refuses all further connections.
  us_listen_socket_close(listening);
  const close = (): void => {
    client.destroy();
    app.close();
  };
  return { res, close };
}
