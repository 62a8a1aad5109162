import type { HttpRequest } from "@p4/http";
import { isSpvError, parseTxid } from "@p4/spv";

import { BadRequestError } from "./bad-request.ts";

/** The path's `:txid` in lower case. Throws `BadRequestError`. */
export function parseTxidParam(request: HttpRequest): string {
  return parseHashParam(request, "txid");
}

/** Any 64 hex digits of the path, in lower case. Throws `BadRequestError`. */
export function parseHashParam(request: HttpRequest, name: string): string {
  try {
    return parseTxid(request.params[name], name);
  } catch (error) {
    throw isSpvError(error) ? new BadRequestError(error.message) : error;
  }
}
