import type { HttpResponse } from "@p4/http";

import type { RejectionCode, RejectionError } from "../chain/rejection.ts";

/** An RFC 7807 body with ARC's additions. */
export interface ArcProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: null;
  readonly txid: string | null;
  readonly extraInfo: string;
}

interface ArcError {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

const MALFORMED: ArcError = {
  status: 463,
  title: "Malformed transaction",
  detail: "Transaction is malformed and cannot be processed",
};
const INVALID_INPUTS: ArcError = {
  status: 462,
  title: "Invalid inputs",
  detail: "Transaction is invalid because the inputs are non-existent or spent",
};
const INVALID_OUTPUTS: ArcError = {
  status: 464,
  title: "Invalid outputs",
  detail: "Transaction is invalid because the outputs are non-existent or invalid",
};
const GENERIC: ArcError = { status: 409, title: "Generic error", detail: "Transaction could not be processed" };

const BY_CODE: Partial<Record<RejectionCode, ArcError>> = {
  TX_MALFORMED: MALFORMED,
  TX_COINBASE: MALFORMED,
  TX_TOO_LARGE: MALFORMED,
  TX_DUPLICATE_INPUT: INVALID_INPUTS,
  TX_MISSING_INPUTS: INVALID_INPUTS,
  TX_IMMATURE_COINBASE: INVALID_INPUTS,
  TX_BAD_OUTPUT_VALUE: INVALID_OUTPUTS,
  TX_SPENDS_MORE_THAN_INPUTS: INVALID_OUTPUTS,
  TX_SCRIPT_FAILED: {
    status: 461,
    title: "Malformed transaction",
    detail: "Transaction is malformed: an unlocking script is invalid",
  },
  TX_FEE_TOO_LOW: { status: 465, title: "Fee too low", detail: "The fees are too low" },
};

export function arcProblem(error: RejectionError, txid: string | undefined): ArcProblem {
  return { ...problemOf(BY_CODE[error.code] ?? GENERIC), txid: txid ?? null, extraInfo: error.message };
}

export function badRequestProblem(reason: string): ArcProblem {
  const error = {
    status: 400,
    title: "Bad request",
    detail: "The request seems to be malformed and cannot be processed",
  };
  return { ...problemOf(error), txid: null, extraInfo: reason };
}

export function arcProblemResponse(problem: ArcProblem): HttpResponse {
  return {
    status: problem.status,
    headers: { "content-type": "application/problem+json" },
    body: JSON.stringify(problem),
  };
}

function problemOf({ status, title, detail }: ArcError): Omit<ArcProblem, "txid" | "extraInfo"> {
  return { type: `https://bitcoin-sv.github.io/arc/#/errors?id=_${status}`, title, status, detail, instance: null };
}
