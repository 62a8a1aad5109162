import type { ErrorTables } from "./error-description.ts";

export const exampleErrors: ErrorTables = {
  messageErrors: [{ code: "NOT_NOW", title: "not now", rule: "the state does not allow it", retryable: true }],
  joinErrors: [{ status: 404, code: "UNKNOWN", rule: "it has to be opened first" }],
};
