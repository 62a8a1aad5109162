/** Every failure of this library: its code, whether the same call may succeed later, and the next step for a human. */
export const natsServerErrors = {
  NATS_SERVER_BIN_UNUSABLE: {
    retryable: false,
    nextStep: "Point NATS_SERVER_BIN at a nats-server >= the required version, or unset it to have one found.",
  },
  NATS_SERVER_NOT_FOUND: {
    retryable: true,
    nextStep: "Install nats-server, set NATS_SERVER_BIN to its path, or set P4_NATS_URL to a running server.",
  },
  NATS_SERVER_TOO_OLD: { retryable: false, nextStep: "Install a newer nats-server or unset NATS_SERVER_BIN." },
  CACHE_NOT_WRITABLE: { retryable: false, nextStep: "Set XDG_CACHE_HOME to a directory that you may write to." },
  FETCH_FAILED: { retryable: true, nextStep: "Check the network, or install nats-server and set NATS_SERVER_BIN." },
  CHECKSUM_MISMATCH: {
    retryable: false,
    nextStep: "Nothing was installed. Do not trust that source: install nats-server yourself and set NATS_SERVER_BIN.",
  },
  PLATFORM_UNSUPPORTED: { retryable: false, nextStep: "Install nats-server yourself and set NATS_SERVER_BIN." },
  PORT_IN_USE: { retryable: true, nextStep: "Stop the other program, or choose another port." },
  STORE_DIR_IN_USE: { retryable: true, nextStep: "Stop the other system, or choose another P4_DATA_DIR." },
  STORE_DIR_UNWRITABLE: { retryable: false, nextStep: "Choose a P4_DATA_DIR that you may write to." },
  DISK_FULL: { retryable: true, nextStep: "Free space on that disk, or choose another P4_DATA_DIR." },
  CONFIG_INVALID: { retryable: false, nextStep: "Correct the configuration file." },
  START_FAILED: { retryable: false, nextStep: "Read the server's log." },
  START_TIMED_OUT: { retryable: true, nextStep: "Read the server's log; a large store may need a longer time limit." },
} as const;

export type NatsServerErrorCode = keyof typeof natsServerErrors;

/** `message` says what happened; `nextStep` what a human can do about it. */
export class NatsServerError extends Error {
  readonly code: NatsServerErrorCode;
  readonly retryable: boolean;
  readonly nextStep: string;

  constructor(code: NatsServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "NatsServerError";
    this.code = code;
    this.retryable = natsServerErrors[code].retryable;
    this.nextStep = natsServerErrors[code].nextStep;
  }
}

/** Guard by code, so that it also holds across copies of this package. */
export function isNatsServerError(error: unknown, code?: NatsServerErrorCode): error is NatsServerError {
  const candidate = error as { code?: unknown; nextStep?: unknown } | null | undefined;
  if (typeof candidate?.code !== "string" || typeof candidate.nextStep !== "string") return false;
  return code === undefined ? candidate.code in natsServerErrors : candidate.code === code;
}
