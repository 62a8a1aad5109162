import { basename } from "node:path";

/** What must not pass between sites: only copies travel over a leaf link (docs/regions.md). */
const denied = '["p4.*.*.write.*.*", "p4.*.*.event.*", "p4.*.*.live.*", "p4.*.presence.*", "$O.>"]';

/** What a guard needs. */
export interface GuardedFiles {
  /** Beside the configuration: it is included by its name, for paths in there are relative. */
  readonly gateFile: string;
  /** Where the server says the number of its process. */
  readonly pidFile: string;
}

/**
 * A nats-server that is one site, for tests and drills: a JetStream domain, and leaf links that carry copies to the sites at
 * `remotePorts`. With `guarded` its users are held back by the gate file, which has to be there.
 */
export function siteConfig(
  site: string,
  leafPort: number,
  remotePorts: readonly number[],
  guarded?: GuardedFiles,
): string {
  const remotes = remotePorts.map(
    (port) =>
      `{ url: "nats://link:link@127.0.0.1:${String(port)}", account: P4, isolate: true, request_isolation: true, ` +
      `deny_imports: ${denied}, deny_exports: ${denied} }`,
  );
  // A server that is named on its command line refuses to read its configuration again.
  const gate =
    guarded === undefined
      ? ""
      : `server_name: ${site}\ninclude "${basename(guarded.gateFile)}"\npid_file: "${guarded.pidFile}"\n`;
  const held = guarded === undefined ? "" : ", permissions: { publish: { deny: $P4_FENCED } }";
  return `${gate}
max_payload: 2MB
jetstream { sync_interval: always, domain: ${site} }
leafnodes {
  listen: "127.0.0.1:${String(leafPort)}", no_advertise: true, isolate_leafnode_interest: true, reconnect: "1s"
  remotes: [ ${remotes.join("\n")} ]
}
ping_interval: "2s", ping_max: 2
accounts {
  SYS { users: [{ user: sys, password: sys }] }
  P4 { jetstream: enabled, users: [{ user: p4, password: p4${held} }, { user: link, password: link }] }
}
system_account: SYS
no_auth_user: p4
`;
}
