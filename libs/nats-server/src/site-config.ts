/** What must not pass between sites: only copies travel over a leaf link (docs/regions.md). */
const denied = '["p4.*.*.write.*.*", "p4.*.*.event.*", "p4.*.*.live.*", "p4.*.presence.*", "$O.>"]';

/** A nats-server that is one site, for tests and drills: a JetStream domain, and leaf links that carry copies to the sites at `remotePorts`. */
export function siteConfig(site: string, leafPort: number, remotePorts: readonly number[]): string {
  const remotes = remotePorts.map(
    (port) =>
      `{ url: "nats://link:link@127.0.0.1:${String(port)}", account: P4, isolate: true, request_isolation: true, ` +
      `deny_imports: ${denied}, deny_exports: ${denied} }`,
  );
  return `
max_payload: 2MB
jetstream { sync_interval: always, domain: ${site} }
leafnodes {
  listen: "127.0.0.1:${String(leafPort)}", no_advertise: true, isolate_leafnode_interest: true, reconnect: "1s"
  remotes: [ ${remotes.join("\n")} ]
}
ping_interval: "2s", ping_max: 2
accounts {
  SYS { users: [{ user: sys, password: sys }] }
  P4 { jetstream: enabled, users: [{ user: p4, password: p4 }, { user: link, password: link }] }
}
system_account: SYS
no_auth_user: p4
`;
}
