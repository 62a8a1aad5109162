export interface TcpAddress {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** A TCP connection, for what no WebSocket client would do. Injected by the caller: sockets are not portable. */
export interface TcpConnection {
  write(bytes: Uint8Array): void;
  /** Stops reading: the peer's writes pile up. */
  pause(): void;
  destroy(): void;
}

export interface TcpListener {
  data(bytes: Uint8Array): void;
  /** Once, for a close by either side. */
  closed(): void;
}

export type ConnectTcp = (address: TcpAddress, listener: TcpListener) => Promise<TcpConnection>;
