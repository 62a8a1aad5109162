import type { Broker } from "../broker.ts";
import { apiErrorCodes, toStoreError } from "../broker-errors.ts";
import { streamConfig } from "../ensure-stream.ts";
import { assertServerVersion } from "../server-version.ts";
import { copyConsumer, copyConsumerSettings, copySettings, type CopyOptions } from "./role-settings.ts";
import { contested, roleOfStream, type Config } from "./stream-role.ts";

/** Older servers have no mirror with a consumer of its own. */
const copyServerVersion = "2.14.0";
const createWithinMs = 15_000;

/**
 * Makes the home's consumer and the copy that it feeds, unless the copy is there.
 *
 * @throws RegionError REGION_CONTESTED where the target has got a stream that is no copy of this home, or the home has lost its own
 */
export async function makeCopy(home: Broker, target: Broker, options: CopyOptions, stream: string): Promise<void> {
  const found = await streamConfig(target, stream);
  if (found !== undefined) {
    const role = roleOfStream(found);
    if (role.kind === "copy" && role.of === options.from) return;
    throw contested(target, stream, role);
  }
  for (const { serverVersion, url } of [home, target]) assertServerVersion(serverVersion, url, copyServerVersion);
  const config = (await streamConfig(home, stream)) as Config | undefined;
  if (config === undefined) throw contested(home, stream, undefined);
  const consumer = copyConsumer(options.to);
  // One that has delivered already would leave out what it has delivered.
  const path = `CONSUMER.DELETE.${stream}.${consumer}`;
  const { error } = await home.apiAnswer<object>(path);
  if (error !== undefined && error.err_code !== apiErrorCodes.consumerNotFound) throw toStoreError(error, path);
  await home.api(
    `CONSUMER.CREATE.${stream}.${consumer}`,
    { stream_name: stream, config: copyConsumerSettings(options.region, config, options.to) },
    createWithinMs,
  );
  await target.api(`STREAM.CREATE.${stream}`, copySettings(options, config), createWithinMs);
}
