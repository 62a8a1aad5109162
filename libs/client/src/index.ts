export type {
  Bip270Payment,
  Bip270PaymentAck,
  Bip270PaymentRequest,
  BodyForm,
  Brc27Payment,
  Brc27PaymentAck,
  Brc27PaymentTerms,
  ClientError,
  DppPayment,
  DppPaymentAck,
  DppPaymentRequest,
  JsonEnvelope,
  Message,
  ParsedBody,
  Role,
} from "@p4/protocol";
export type { BackoffPolicy } from "./backoff.ts";
export type { Receipt, SessionPhase } from "./core/session-core.ts";
export { type Ack, customer, CustomerSession, type PayOptions } from "./customer.ts";
export type { StepOptions } from "./deadline.ts";
export { type ClientErrorCode, clientErrors, isRetryableServerCode, isSessionError, SessionError } from "./errors.ts";
export { type AnswerHandler, merchant, MerchantSession } from "./merchant.ts";
export { type MerchantFailure, MerchantFailureError } from "./merchant-error.ts";
export { type ReceivedMessage, typedBody, type TypedMessage } from "./received-message.ts";
export type { EndReason, EventOf, JoinInfo, SessionEvent, SessionEventType } from "./session-event.ts";
export type { SessionOptions } from "./session-options.ts";
export { type ProofFilter, WalletSession } from "./wallet-session.ts";
export type { WebSocketConstructor, WebSocketLike } from "./web-socket.ts";
