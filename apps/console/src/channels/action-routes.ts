import { isStoreError } from "@p4/event-store";
import { json, jsonFields, problem, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";
import {
  evidenceMaker,
  holdChannel,
  laterDeadline,
  openActionLog,
  openKeyFile,
  operatorKeyPath,
  operatorMetadata,
  requeueProofs,
  submitAsOperator,
  type NotedAction,
  type Operator,
} from "@p4/operator";
import { isOperatorError, type OperatorError } from "@p4/operator/operator-error";
import { refusal } from "../errors.ts";
import { aboutChannel } from "./channel-routes.ts";

export interface ActionRoutesOptions {
  readonly operator: Operator;
  readonly nowMs: () => number;
  /** For the server's own log: who did what. */
  readonly tell: (action: NotedAction | { readonly note: string }) => void;
}

type Act = (channelId: string, asked: Readonly<Record<string, unknown>>, reason: string) => Promise<string>;

/** All who have the key are one: the log says that it was the console. */
const by = "console";
const maxReasonLength = 500;
const maxExtensionMs = 365 * 24 * 60 * 60 * 1000;

class Misuse extends Error {}

/**
 * `POST /console/api/channels/:id/{extend,close,requeue,hold}` with `{reason, ...}`: what an operator does, noted with its
 * reason. `GET /console/api/channels/:id/evidence`: the signed file.
 */
export function actionRoutes({ operator, nowMs, tell }: ActionRoutesOptions): HttpRoute[] {
  const noted = openActionLog(operator);
  const actions: Readonly<Record<NotedAction["action"], Act>> = {
    async extend(channelId, { byMs }, reason) {
      if (typeof byMs !== "number" || !Number.isSafeInteger(byMs) || byMs < 1 || byMs > maxExtensionMs) {
        throw new Misuse(`byMs: must be a whole number from 1 to ${String(maxExtensionMs)}`);
      }
      const { toMs } = await laterDeadline(operator, channelId, { byMs });
      const metadata = operatorMetadata();
      await submitAsOperator(operator, channelId, { type: "ExtendDeadline", expiresAtMs: toMs, by, reason, metadata });
      return `the deadline is now ${new Date(toMs).toISOString()}`;
    },
    async close(channelId, _asked, reason) {
      const command = { type: "CloseChannel", by, reason, metadata: operatorMetadata() } as const;
      const { outcome, state } = await submitAsOperator(operator, channelId, command);
      return outcome === "stored" ? "the channel is closed" : `the channel was ${state} already`;
    },
    async requeue(_channelId, { txid }) {
      if (typeof txid !== "string" || !/^[0-9a-f]{64}$/.test(txid)) {
        throw new Misuse("txid: must be 64 hexadecimal digits in lower case");
      }
      const results = await requeueProofs(operator, txid);
      return results
        .map(({ channelId, outcome, detail }) => `${channelId}: ${outcome}${detail === "" ? "" : `, ${detail}`}`)
        .join("; ");
    },
    async hold(channelId, _asked, reason) {
      const held = await holdChannel(operator, { channelId, reason }, (note) => tell({ note }));
      return held.reason === reason ? "the channel is on hold" : `the channel is on hold already, for: ${held.reason}`;
    },
  };

  const act = async (channelId: string, action: NotedAction["action"], request: HttpRequest): Promise<HttpResponse> => {
    const asked = jsonFields(request.body);
    const reason = typeof asked["reason"] === "string" ? asked["reason"].trim() : "";
    if (reason === "" || reason.length > maxReasonLength) {
      return refusal("CONSOLE_INVALID", `reason: must be 1 to ${String(maxReasonLength)} characters`);
    }
    const outcome = await actions[action](channelId, asked, reason);
    const note: NotedAction = { channelId, action, reason, by, atMs: nowMs(), outcome };
    tell(note);
    await noted.note(note);
    return json(200, { outcome }, { "cache-control": "no-store" });
  };
  const answered = (request: HttpRequest, answer: (channelId: string) => Promise<HttpResponse>) =>
    aboutChannel(request, async (channelId) => {
      try {
        return await answer(channelId);
      } catch (error) {
        if (error instanceof Misuse) return refusal("CONSOLE_INVALID", error.message);
        if (isOperatorError(error)) return refused(error);
        throw error;
      }
    });

  const evidence = async (channelId: string): Promise<HttpResponse> => {
    const key = await openKeyFile(operatorKeyPath(operator.config), (note) => tell({ note }));
    const made = await (await evidenceMaker(operator, key)).make(channelId);
    const headers = {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${channelId}.p4e"`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    };
    return { status: 200, headers, body: made.text };
  };

  return [
    ...Object.keys(actions).map((action): HttpRoute => ({
      method: "POST",
      path: `/console/api/channels/:id/${action}`,
      maxBodyBytes: 4_096,
      handle: (request) => answered(request, (id) => act(id, action as NotedAction["action"], request)),
    })),
    {
      method: "GET",
      path: "/console/api/channels/:id/evidence",
      handle: (request) => answered(request, evidence),
    },
    {
      method: "GET",
      path: "/console/api/channels/:id/actions",
      handle: (request) =>
        answered(request, async (channelId) => {
          try {
            return json(200, { actions: await noted.of(channelId) }, { "cache-control": "no-store" });
          } catch (error) {
            // A broker that was set up before there were records has none.
            if (isStoreError(error, "STORE_MISSING")) return json(200, { actions: [] });
            throw error;
          }
        }),
    },
  ];
}

/** The terminal's own words and codes. */
function refused(error: OperatorError): HttpResponse {
  const status = error.code === "CHANNEL_UNKNOWN" || error.code === "PROOF_UNKNOWN" ? 404 : 409;
  return problem(
    status,
    { code: error.code, title: "Not done", detail: error.message },
    { "cache-control": "no-store" },
  );
}
