export interface SteadySettings {
  /** Channels are named `<name>-<index>`. */
  readonly name: string;
  /** `ws://host:port` */
  readonly edges: readonly string[];
  readonly recordFile: string;
  readonly payments: number;
  readonly paymentsPerSecond: number;
  /** All wallets join before the first payment and stay until the last; false: each pair comes, pays and leaves. */
  readonly openFirst: boolean;
  readonly thinkMs: number;
  /** Patience of one payment. */
  readonly limitMs: number;
}

/** From the parent: every wallet is there, begin to pay. */
export interface Begin {
  readonly type: "begin";
}

export interface FromSteady {
  readonly type: "ready" | "progress" | "done";
  /** Begun so far. */
  readonly payments: number;
  /** How late the wallets' own process was, 99th percentile since payments began. */
  readonly loopP99Ms: number;
}
