import { join } from "node:path";

export interface ClusterOptions {
  readonly name: string;
  /** This server's own route port. */
  readonly port: number;
  /** Route URLs of the members, this one included if that is easier: `nats://127.0.0.1:6222`. */
  readonly routes: readonly string[];
}

export interface ServerAddress {
  readonly host: string;
  /** -1: the system chooses a free one. */
  readonly port: number;
  /** Monitoring over HTTP (`/healthz`, `/varz`); -1: the system chooses; absent: none. */
  readonly monitorPort?: number | undefined;
}

export interface ServerLayout {
  /** Absolute. */
  readonly storeDir: string;
  readonly configFile?: string | undefined;
  readonly serverName?: string | undefined;
  readonly cluster?: ClusterOptions | undefined;
}

/** The command line of one server. What is given here wins over the configuration file. */
export function serverArgs(layout: ServerLayout, address: ServerAddress): string[] {
  const args = ["-a", address.host, "-p", String(address.port), "-js", "-sd", layout.storeDir];
  args.push("--ports_file_dir", runDir(layout.storeDir));
  if (layout.configFile !== undefined) args.push("-c", layout.configFile);
  if (address.monitorPort !== undefined) args.push("-m", String(address.monitorPort));
  if (layout.serverName !== undefined) args.push("--server_name", layout.serverName);
  if (layout.cluster !== undefined) {
    const { name, port, routes } = layout.cluster;
    args.push("--cluster_name", name, "--cluster", `nats://${address.host}:${port}`);
    if (routes.length > 0) args.push("--routes", routes.join(","));
  }
  return args;
}

/** Our own files beside JetStream's (which lie in `jetstream/`): ports file, pid file, log. */
export function runDir(storeDir: string): string {
  return join(storeDir, "run");
}
