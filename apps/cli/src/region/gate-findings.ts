import { currentRow, type RegionState, type SiteState } from "@p4/regions";
import { failed, ok, warning, type Finding } from "../operator/finding.ts";
import type { ServerGateState } from "./survey-gates.ts";

type Answering = ServerGateState & { readonly found: NonNullable<ServerGateState["found"]> };

/** Whether each site's servers take writes as they should, and how long a home may still write. Pure. */
export function gateFindings(state: RegionState, gates: readonly ServerGateState[]): Finding[] {
  const row = currentRow(state.sites.map((site) => site.row));
  return state.sites
    .filter(({ answers, streams }) => answers && streams.length > 0)
    .flatMap((site) => {
      const ofSite = gates.filter((each) => each.site === site.site);
      const answering = ofSite.filter((each): each is Answering => each.found !== null);
      const silent = ofSite.filter(({ found }) => found === null).map(({ server }) => server);
      return [
        ...(answering.length === 0 ? [] : [gateFinding(site, answering, row?.home ?? null)]),
        ...(silent.length === 0
          ? []
          : [warning(`gate at ${site.site}`, `${silent.join(", ")} did not answer`, "Look at these servers.")]),
      ];
    });
}

function gateFinding({ site }: SiteState, servers: readonly Answering[], home: string | null): Finding {
  const check = `gate at ${site}`;
  const namesOf = (gate: "open" | "shut"): string =>
    servers
      .filter(({ found }) => found.gate === gate)
      .map(({ server }) => server)
      .join(", ");
  const [open, shut] = [namesOf("open"), namesOf("shut")];
  const text = [open === "" ? "" : `open at ${open}`, shut === "" ? "" : `shut at ${shut}`].filter(
    (each) => each !== "",
  );
  const epochs = servers.flatMap(({ found }) => found.epoch ?? []);
  if (epochs.length === 0) return ok(check, `${text.join("; ")}; nothing takes writes there`);
  const lease = leaseText(servers);
  const found = `${text.join("; ")}${lease === null ? "" : `; ${lease}`}`;
  if (home !== null && site !== home) {
    const what = `${found}; a deposed home of epoch ${String(Math.min(...epochs))}`;
    const fix = `p4 region return <region> ${site}`;
    return open === "" ? warning(check, what, fix) : failed(check, what, `Nodes there store what is lost: ${fix}`);
  }
  if (shut !== "")
    return failed(check, found, "Nodes there store nothing: p4 region guard beside the server says why.");
  return ok(check, found);
}

/** As the site's first server that has one hears it; null: nothing limits it. */
function leaseText(servers: readonly Answering[]): string | null {
  const left = servers.flatMap(({ found }) => found.leaseLeftMs ?? []);
  if (left.length === 0) return null;
  const leftMs = Math.min(...left);
  return leftMs === 0 ? "no lease: too few sites confirm it" : `lease left ${(leftMs / 1_000).toFixed(1)} s`;
}
