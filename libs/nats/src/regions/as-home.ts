import { duringRepair } from "../repair-stream.ts";
import type { StreamSettings } from "../stream-settings.ts";
import { listening } from "./region-streams.ts";
import { asSettings, homeMoved, roleOfStream } from "./stream-role.ts";

/**
 * What is wanted of a stream that is there: as in a deployment of one site, with the subjects of its epoch.
 *
 * @throws StoreError STORE_HOME_MOVED for one that is no home
 */
export function asHome(
  region: string,
  wanted: StreamSettings,
  found: Readonly<Record<string, unknown>>,
): StreamSettings {
  const role = roleOfStream(found);
  const whole = duringRepair(wanted, found);
  if (role.kind === "plain") return whole;
  if (role.kind !== "home") throw homeMoved(wanted.name, role, "this site");
  return asSettings({ ...whole, ...listening(region, wanted.name, role.epoch) });
}
