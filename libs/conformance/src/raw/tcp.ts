export interface TcpAddress {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** A TCP connection, for what no WebSocket client would do. Brought by whoever runs the checks: sockets are not portable. */
export interface TcpConnection {
  write(bytes: Uint8Array): void;
  /** Stops reading: the peer's writes pile up. */
  pause(): void;
  destroy(): void;
}

export interface TcpListener {
  data(bytes: Uint8Array): void;
  /** Once, whoever closed it. */
  closed(): void;
}

export type ConnectTcp = (address: TcpAddress, listener: TcpListener) => Promise<TcpConnection>;
