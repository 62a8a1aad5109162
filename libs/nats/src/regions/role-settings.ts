import { deliverySubject, fencedSubject, type StreamState } from "@p4/regions";
import type { StreamSettings } from "../stream-settings.ts";
import { nanos } from "../stream-settings.ts";
import { listening, listeningToBoth, republished, useOf } from "./region-streams.ts";
import { asSettings, metadataOf, readForks, roleKeys, writeForks, type Config } from "./stream-role.ts";

/** Settings that a mirror refuses, or that it must not have: a copy that lets keys elapse by itself forgets their deadlines. */
const onlyAtHome = ["subject_delete_marker_ttl", "allow_msg_ttl", "max_age", "allow_atomic"] as const;
/** Taken from the home as they are. */
const atCopiesToo = [
  "retention",
  "storage",
  "discard",
  "deny_delete",
  "deny_purge",
  "allow_rollup_hdrs",
  "allow_direct",
  "compression",
  "max_msgs_per_subject",
  "max_msgs",
  "max_bytes",
  "duplicate_window",
] as const;

/** How long a copy keeps the deadlines of channels: they elapse at a home only. Longer than any channel lives. */
const deadlinesKeptMs = 400 * 24 * 60 * 60 * 1_000;

export const copyConsumer = (site: string): string => `copy_${site}`;

/** A home's stream of epoch 0 with its first epoch; `isLast`: writers without one are refused from now on. */
export function adoptedSettings(region: string, config: Config, epoch: number, isLast: boolean): StreamSettings {
  const subjects = (isLast ? listening : listeningToBoth)(region, config.name, epoch);
  return asSettings({
    ...config,
    ...subjects,
    metadata: { ...metadataOf(config), [roleKeys.epoch]: String(epoch) },
  });
}

/** No writer publishes where this listens. What is stored is read on, and copied. */
export function fencedSettings(region: string, config: Config, by: number): StreamSettings {
  const { republish: _republish, subject_transform: _transform, ...rest } = config;
  const metadata = { ...metadataOf(config), [roleKeys.fenced]: String(by) };
  return asSettings({ ...rest, subjects: [fencedSubject(region, config.name)], metadata });
}

/** The consumer at the home that feeds a copy. With one of our own the copy goes on at once after a cut, without it after a minute. */
export function copyConsumerSettings(region: string, home: Config, site: string) {
  const name = copyConsumer(site);
  return {
    name,
    durable_name: name,
    deliver_subject: deliverySubject(region, site, home.name),
    deliver_policy: "all",
    ack_policy: "flow_control",
    flow_control: true,
    idle_heartbeat: nanos(1_000),
    max_ack_pending: 500,
    replay_policy: "instant",
    num_replicas: home["num_replicas"],
  };
}

export interface CopyOptions {
  readonly region: string;
  readonly from: string;
  readonly to: string;
  /** Of each copy. */
  readonly replicas: number;
}

/** The copy of a home's stream, and what it needs to know to become a home without that home's help. */
export function copySettings({ region, from, to, replicas }: CopyOptions, home: Config): StreamSettings {
  const { name } = home;
  const use = useOf(name);
  const elapses = home["allow_msg_ttl"] === true;
  const kept = Object.fromEntries(atCopiesToo.flatMap((key) => (key in home ? [[key, home[key]]] : [])));
  const later = Object.fromEntries(onlyAtHome.flatMap((key) => (key in home ? [[key, home[key]]] : [])));
  const { [roleKeys.fenced]: _fenced, ...metadata } = metadataOf(home);
  return asSettings({
    ...kept,
    name,
    num_replicas: replicas,
    max_age: elapses ? nanos(deadlinesKeptMs) : home["max_age"],
    mirror: {
      name,
      external: { api: `$JS.${from}.API`, deliver: "" },
      consumer: { name: copyConsumer(to), deliver_subject: deliverySubject(region, to, name) },
    },
    // Says that the copy has an event; the home's nodes know the event itself.
    ...(use.kind === "log"
      ? { republish: { ...republished(region, use.shard, `copied.${to}`), headers_only: true } }
      : {}),
    metadata: { ...metadata, [roleKeys.copyOf]: from, [roleKeys.home]: JSON.stringify(later) },
  });
}

/** A copy, a home's fenced stream or a deposed home as the home of an epoch. `state`: where its own log begins, and what it lacks. */
export function homeSettings(
  region: string,
  config: Config,
  epoch: number,
  { lastSequence, holes = 0 }: Pick<StreamState, "lastSequence" | "holes">,
): StreamSettings {
  const { mirror, republish: _republish, subject_transform: _transform, ...rest } = config;
  const { [roleKeys.home]: later = "{}", [roleKeys.copyOf]: _copyOf, ...found } = metadataOf(config);
  const { [roleKeys.fenced]: _fenced, [roleKeys.holes]: _holes, ...metadata } = found;
  const forks = readForks(metadata[roleKeys.forks]);
  // A home's own stream goes on where it was; what another home took meanwhile is known by that one's fork.
  if (mirror !== undefined) forks.push({ epoch, sequence: lastSequence });
  return asSettings({
    ...rest,
    ...(JSON.parse(later) as object),
    ...listening(region, config.name, epoch),
    metadata: {
      ...metadata,
      [roleKeys.epoch]: String(epoch),
      ...(holes === 0 ? {} : { [roleKeys.holes]: String(holes) }),
      ...(forks.length === 0 ? {} : { [roleKeys.forks]: writeForks(forks) }),
    },
  });
}
