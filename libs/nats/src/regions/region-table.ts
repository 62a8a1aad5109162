import { isStoreError } from "@p4/event-store";
import { compareRows, readRow, RegionError, sameRow, type RegionRow } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { apiErrorCodes, toStoreError, type ApiFailure } from "../broker-errors.ts";
import { ensureStream } from "../ensure-stream.ts";
import { publishAcked } from "../pub-ack.ts";
import { bucketSettings } from "../stream-settings.ts";
import { bucketStream, bucketSubject } from "../subjects.ts";

/** Each site's own, never copied: a table that followed another one could not contradict it. */
export const tableBucket = (site: string): string => `P4_SITE_HOMES_${site}`;
export const tableSubject = (site: string, region: string): string => bucketSubject(tableBucket(site), region);

const tableRead = (site: string): string => `STREAM.MSG.GET.${bucketStream(tableBucket(site))}`;

/** The JetStream API of a site is under its name at all sites. */
const tableQuestion = (site: string): string => `$JS.${site}.API.${tableRead(site)}`;

/** What a user has to publish on to read a site's table: at the site itself the server looks at the name without the site. */
export const tableQuestions = (site: string): readonly string[] => [tableQuestion(site), `$JS.API.${tableRead(site)}`];

interface Held {
  readonly row: RegionRow | null;
  readonly revision: number;
}

/**
 * What a site's table says of a region, by its leader: another copy of it may be of the past. Asked over the links between
 * the sites, or at the site itself. No table: no row.
 */
export async function readTable(broker: Broker, site: string, region: string, timeoutMs?: number): Promise<Held> {
  const path = tableQuestion(site);
  const question = JSON.stringify({ last_by_subj: tableSubject(site, region) });
  const reply = await broker.request(path, question, timeoutMs === undefined ? {} : { timeoutMs });
  const answer: { error?: ApiFailure; message?: { seq: number; data?: string } } = reply.json();
  const nothing: readonly (number | undefined)[] = [apiErrorCodes.noMessageFound, apiErrorCodes.streamNotFound];
  if (nothing.includes(answer.error?.err_code)) return { row: null, revision: 0 };
  if (answer.error !== undefined || answer.message === undefined)
    throw toStoreError(answer.error ?? { code: 500 }, path);
  const { seq, data = "" } = answer.message;
  return { row: readRow(Buffer.from(data, "base64").toString("utf8")), revision: seq };
}

/** Makes the table of a site that has none. */
export async function ensureTable(broker: Broker, site: string, replicas: number): Promise<void> {
  await ensureStream(broker, bucketSettings(tableBucket(site), { replicas }));
}

/**
 * Writes a row unless the table has it. The row that was read must still be the one there.
 *
 * @throws RegionError REGION_CONTESTED: the table holds another row that is as high, or was written meanwhile
 */
export async function writeTable(broker: Broker, site: string, row: RegionRow): Promise<void> {
  const { row: found, revision } = await readTable(broker, site, row.region);
  if (sameRow(found, row)) return;
  const contested = (): RegionError => new RegionError("REGION_CONTESTED", `${row.region} at ${site}`);
  if (found !== null && compareRows(found, row) >= 0) throw contested();
  try {
    await publishAcked(broker, {
      subject: tableSubject(site, row.region),
      stream: bucketStream(tableBucket(site)),
      headerLines: `Nats-Expected-Last-Subject-Sequence: ${revision}\r\n`,
      bytes: new TextEncoder().encode(JSON.stringify(row)),
      isEvent: false,
    });
  } catch (error) {
    throw isStoreError(error, "STORE_VERSION_CONFLICT") ? contested() : error;
  }
}
