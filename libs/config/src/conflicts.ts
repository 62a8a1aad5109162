import type { Config } from "./config.ts";
import type { ConfigProblem } from "./config-error.ts";
import { expirySweepMs } from "./fixed-settings.ts";
import { redactUserInfo } from "./redact.ts";
import { schema, type SettingName } from "./schema.ts";
import { loginOf } from "./urls.ts";

type Texts = Readonly<Record<SettingName, string>>;

/** Combinations that cannot work, although each value is right by itself. `texts`: the values as they were written. */
export function* conflictsOf(config: Config, texts: Texts): Iterable<ConfigProblem> {
  const conflict: Conflict = (name, rule) => ({
    variable: schema[name].variable,
    value: schema[name].secret ? "(set)" : redactUserInfo(texts[name]),
    rule,
  });
  /** The other setting and its value, for a rule. */
  const other = (name: SettingName): string => `${schema[name].variable} (${texts[name]})`;

  if (config.joinPolicy === "token" && config.joinSecrets === null) {
    yield conflict("joinPolicy", `needs ${schema.joinSecrets.variable}`);
  }
  if (config.signaturePolicy === "trusted-keys" && config.trustedKeys === null) {
    yield conflict("signaturePolicy", `needs ${schema.trustedKeys.variable}`);
  }
  if (config.signaturePolicy !== "verify-if-signed" && config.callbackToken === null) {
    const why = "ARC signs nothing, so only the token tells its callbacks from made-up ones";
    yield conflict("signaturePolicy", `needs ${schema.callbackToken.variable}: ${why}`);
  }
  if (config.headerPolicy === "require" && config.headerSource.kind === "none") {
    yield conflict("headerPolicy", `needs a ${schema.headerSource.variable} other than none`);
  }
  // A lost timer is found by the next sweep: only then is the end stored, and nothing before it may have gone.
  if (config.logRetentionMs < config.channelTtlMs + config.ackGraceMs + expirySweepMs) {
    const parts = `${other("channelTtlMs")}, ${other("ackGraceMs")} and the sweep's ${String(expirySweepMs / 1_000)}s together`;
    yield conflict("logRetentionMs", `must be at least ${parts}, or a channel's first event is gone before its end`);
  }
  yield* natsConflicts(config, conflict);
  yield* portClashes(config, conflict);
}

type Conflict = (name: SettingName, rule: string) => ConfigProblem;

function* natsConflicts({ natsUrl, natsCredentials }: Config, conflict: Conflict): Iterable<ConfigProblem> {
  const logins = new Set((natsUrl ?? []).map(loginOf).filter((login) => login !== ""));
  if (logins.size > 1) {
    yield conflict("natsUrl", "must have the same user and password in each URL: one login is used for all servers");
  }
  const { variable } = schema.natsUrl;
  if (natsUrl === null && natsCredentials !== null) yield conflict("natsCredentials", `needs ${variable}`);
}

const ports = ["port", "proofPort", "paydPort", "minerPort"] as const;

function* portClashes(config: Config, conflict: Conflict): Iterable<ConfigProblem> {
  for (const [index, name] of ports.entries()) {
    const earlier = ports.slice(0, index).find((other) => config[other] === config[name]);
    if (earlier === undefined || config[name] === 0) continue;
    yield conflict(name, `must differ from ${schema[earlier].variable}`);
  }
}
