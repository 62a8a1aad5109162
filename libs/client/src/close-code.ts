/** What a close of the socket asks of the client. */
export type AfterClose = "end" | "retry" | "retryElsewhereNow" | "tooLarge";

/** 4000 terminal, 4100 retry, 4200 drain, 4290 slow reader; 1008 and 1009 as in RFC 6455. All else is a loss. */
export function afterClose(code: number): AfterClose {
  switch (code) {
    case 4000:
    case 1008:
      return "end";
    case 4200:
      return "retryElsewhereNow";
    case 1009:
      return "tooLarge";
    default:
      return "retry";
  }
}
