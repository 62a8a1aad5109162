/** A process of the system under test, as the nemesis sees it. */
export interface Member {
  readonly name: string;
  /** SIGKILL: nothing is finished, nothing is said. */
  kill(): Promise<void>;
  /** SIGTERM, as an operator stops it. */
  stop(): Promise<void>;
  /** Starts it again at the same address after its end; resolves when the process runs. */
  start(): Promise<void>;
  /** SIGSTOP: its connections stay open and nothing answers. */
  pause(): void | Promise<void>;
  /** SIGCONT */
  resume(): void;
}
