import { inboxPrefixOf } from "./connect-options.ts";
import { isCopied } from "./regions/region-streams.ts";
import { copyQuestions } from "./regions/follow-copies.ts";
import { gateQuestion } from "./regions/read-gate.ts";
import { tableQuestions } from "./regions/region-table.ts";
import {
  allCopied,
  allLive,
  blobBucket,
  blobStream,
  blobSubjects,
  bucketStream,
  bucketSubject,
  channelStream,
  createNames,
  deadlineBucket,
  deadlineWorkers,
  documentBucket,
  documentStream,
  presenceSubject,
  writtenEvents,
  type BlobBucketName,
  type Names,
} from "./subjects.ts";

/** Who talks to the broker, each with a login of its own. The name of its connection says where its answers arrive. */
export const brokerUsers = {
  edge: "p4-edge",
  "proof-ingest": "p4-proof-ingest",
  expiry: "p4-expiry",
  payd: "p4-payd",
  operator: "p4-cli",
  backup: "p4-backup",
  guard: "p4-guard",
} as const;

export type BrokerUser = keyof typeof brokerUsers;

/** Subjects that a user may publish on and listen to; all others are refused to him. */
export interface UserPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Writes events, which a shut gate keeps from it: `$P4_FENCED` of the gate file. */
  readonly isGated: boolean;
  /** May answer a question once, at the subject that it names. */
  readonly mayAnswer: boolean;
}

/**
 * What each user needs for its work, and nothing else. No user may delete, purge or change a stream of the log, or publish what
 * the broker republishes from it. With several sites they ask the table of each. Throws RangeError for a region or a number of shards that cannot be.
 */
export function userPermissions(
  region: string,
  shards: number,
  sites: readonly string[] = [],
): Readonly<Record<BrokerUser, UserPermissions>> {
  const names = createNames(region, shards);
  const log = [...readStreams(logStreams(names)), ...writtenEvents(region)];
  const proofs = [
    ...["proofs", "strays"].flatMap((name) => writeDocuments(region, name)),
    // A proof that has waited for its block is taken off the list.
    deleteDocuments(region, "proofs"),
  ];
  const index = [...writeDocuments(region, "index"), deleteDocuments(region, "index")];
  const webhooks = webhookBuckets.flatMap((name) => writeDocuments(region, name));
  const deadlines = bucketSubject(deadlineBucket(region), "*");
  const blobs = writeBlobs(region, "blobs");
  const gate = sites.length === 0 ? [] : [gateQuestion(region)];
  const homes = [siteHomes(region), ...sites.flatMap(tableQuestions), ...gate];
  const copies = sites.flatMap((site) => copyQuestions(site, logStreams(names)));
  const node = [...makeStreams(nodeStreams(names)), ...log, deadlines, ...blobs, ...homes, ...copies];
  const presence = presenceSubject(region, "*");
  const user = (name: BrokerUser, publish: readonly string[], subscribe: readonly string[] = []): UserPermissions => ({
    publish: [...new Set([...publish, api("INFO"), api("STREAM.NAMES")])].sort(),
    subscribe: [`${inboxPrefixOf(brokerUsers[name])}.>`, ...subscribe],
    isGated: gate.some((subject) => publish.includes(subject)),
    mayAnswer: subscribe.includes(presence),
  });
  // With several sites, also what the copies have.
  const live = [allLive(region), ...sites.map((site) => allCopied(region, site))];
  return {
    edge: user(
      "edge",
      [
        ...node,
        ...proofs,
        ...index,
        ...readDocuments(region, "revoked"),
        ...readDocuments(region, "records"),
        presence,
      ],
      [...live, presence],
    ),
    "proof-ingest": user("proof-ingest", [...node, ...proofs], live),
    expiry: user(
      "expiry",
      [
        ...[...node, ...index, ...elapsedDeadlines(region)],
        ...[...makeStreams(webhookBuckets.map((name) => documents(region, name))), ...webhooks],
      ],
      live,
    ),
    payd: user("payd", [
      ...makeStreams(["payd", "paydkeys"].map((name) => documents(region, name))),
      ...homes,
      ...writeDocuments(region, "payd"),
      // Who may come in there is the operator's to say.
      ...readDocuments(region, "paydkeys"),
    ]),
    operator: user(
      "operator",
      [
        ...[api("STREAM.LIST"), api("STREAM.INFO.*"), ...homes],
        // Presence requests.
        presence,
        ...[...log, deadlines, ...blobs, ...proofs, ...index],
        ...writeDocuments(region, "paydkeys"),
        ...webhooks,
        ...["records", "revoked"].flatMap((name) => [...writeDocuments(region, name), deleteDocuments(region, name)]),
        ...writeBlobs(region, "archive"),
      ],
      live,
    ),
    // Reads everything, and may make a stream that is not there. It writes into none.
    backup: user("backup", [
      ...[api("STREAM.LIST"), api("STREAM.INFO.*")],
      ...readStreams([...logStreams(names), blobStream(blobBucket(region, "blobs"))]),
      ...copiedStreams(names).flatMap((stream) => [api(`STREAM.SNAPSHOT.${stream}`), api(`STREAM.RESTORE.${stream}`)]),
      ...["$JS.SNAPSHOT.ACK.>", "$JS.SNAPSHOT.RESTORE.>"],
    ]),
    // Asks where the home is, and whether the gate is open. It writes nothing.
    guard: user("guard", [...homes, ...logStreams(names).map((stream) => api(`STREAM.INFO.${stream}`))]),
  };
}

const api = (path: string): string => `$JS.API.${path}`;
const documents = documentStream;
/** Made by the workers that deliver. What a webhook is signed with is in there. */
const webhookBuckets = ["webhooks", "deliveries"];

function logStreams(names: Names): string[] {
  return Array.from({ length: names.shards }, (_, shard) => channelStream(names, shard));
}

/** Those that each node makes where they are missing, and compares with its settings. */
function nodeStreams(names: Names): string[] {
  const { region } = names;
  return [
    ...logStreams(names),
    bucketStream(deadlineBucket(region)),
    ...["proofs", "strays", "records", "revoked", "index"].map((name) => documents(region, name)),
    ...(["blobs", "archive"] as const).map((name) => blobStream(blobBucket(region, name))),
  ];
}

/** Those of a backup: the index is made of the log. */
const copiedStreams = (names: Names): string[] =>
  [
    ...nodeStreams(names),
    ...["payd", "paydkeys", ...webhookBuckets].map((name) => documents(names.region, name)),
  ].filter((stream) => isCopied(stream, names.region));

/** A stream that is there is not changed by being made again. */
const makeStreams = (streams: readonly string[]): string[] =>
  streams.flatMap((stream) => [api(`STREAM.INFO.${stream}`), api(`STREAM.CREATE.${stream}`)]);

const readStreams = (streams: readonly string[]): string[] =>
  streams.flatMap((stream) => [api(`DIRECT.GET.${stream}`), api(`STREAM.MSG.GET.${stream}`)]);

function readDocuments(region: string, name: string): string[] {
  const stream = documents(region, name);
  return [...readStreams([stream]), api(`DIRECT.GET.${stream}.${documentSubjects(region, name)}`)];
}

/** What the table of the site says of the region. The site's name is the server's to tell, so the key alone is named. */
const siteHomes = (region: string): string => api(`DIRECT.GET.*.${bucketSubject("*", region)}`);

const documentSubjects = (region: string, name: string): string => bucketSubject(documentBucket(region, name), ">");

const writeDocuments = (region: string, name: string): string[] => [
  ...readDocuments(region, name),
  documentSubjects(region, name),
];

/** Who may write into a bucket may also empty it, by a header of a message: to purge it is no more. */
const deleteDocuments = (region: string, name: string): string => api(`STREAM.PURGE.${documents(region, name)}`);

function writeBlobs(region: string, name: BlobBucketName): string[] {
  const bucket = blobBucket(region, name);
  return [...readStreams([blobStream(bucket)]), ...blobSubjects(bucket), api(`STREAM.PURGE.${blobStream(bucket)}`)];
}

/** The consumer of elapsed deadlines, and its acknowledgements (newer servers put a domain and an account before the stream). */
function elapsedDeadlines(region: string): string[] {
  const consumer = `${bucketStream(deadlineBucket(region))}.${deadlineWorkers}`;
  return [
    api(`CONSUMER.CREATE.${consumer}`),
    api(`CONSUMER.MSG.NEXT.${consumer}`),
    `$JS.ACK.${consumer}.>`,
    `$JS.ACK.*.*.${consumer}.>`,
  ];
}
