import { upgradeHeaders } from "../stranger-socket.ts";
import { patienceMs, type Attack } from "../stranger.ts";

const knocks = 60;
const wrong: readonly string[] = [
  "?colour=blue",
  "?role=merchant&role=customer",
  "?role=admin",
  "?since=-1",
  "?since=99999999999999999999",
  "?receipts=perhaps",
  "?dialect=esperanto",
  "?wallet=short",
  "/%zz",
  "%00",
  "?refusal=close&role=admin",
];
const [upgrade = "", connection = "", version = "", key = ""] = upgradeHeaders;
const heads: readonly (readonly string[])[] = [
  upgradeHeaders,
  [...upgradeHeaders, "Origin: http://127.0.0.1"],
  [upgrade, "Connection: keep-alive", version, key],
  [upgrade, connection, "Sec-WebSocket-Version: 8", key],
  [upgrade, connection, version],
];

/** What is looked up and not there. */
const unknown = (id: string): readonly string[] => [`/api/v1/payment/${id}`, `/channels/${id}/events`, `/proofs/${id}`];

/**
 * Joins of which each breaks a rule, refused before the upgrade or accepted and closed at once where a browser asks; and
 * requests for channels that do not exist.
 */
export const refusedJoins: Attack = async (stranger) => {
  for (let knock = 0; knock < knocks && !stranger.world.over.aborted; knock++) {
    const path = wrong[stranger.between(0, wrong.length - 1)] ?? "";
    const head = heads[stranger.between(0, heads.length - 1)] ?? upgradeHeaders;
    const socket = stranger.knock(`/ws/${stranger.newId()}${path}`, head);
    await socket.until(() => socket.status !== 0, patienceMs);
    if (socket.status === 101) {
      await socket.until(() => socket.isOver, patienceMs);
      if (!socket.isOver || socket.heard("join.success").length > 0) stranger.world.succeeded(`joined by ${path}`);
    }
    socket.end();
    const paths = unknown(stranger.newId());
    await stranger.ask("GET", paths[knock % paths.length] ?? "/", { abortAfterMs: 2_000 });
  }
};
