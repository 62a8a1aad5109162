import type { UserPermissions } from "./user-permissions.ts";

/** A user of the broker, known by the public part of an nkey. */
export interface ConfiguredUser {
  readonly name: string;
  readonly publicKey: string;
  readonly permissions: UserPermissions;
}

/** Beside the users' file: a variable is known only where it is included. */
export const gateFileName = "gate.conf";

export interface UsersConfigOptions {
  /** An account of this name, with JetStream, in place of the server's global one. */
  readonly account: string | null;
}

/**
 * Users and permissions as nats-server's configuration has them, to be included in the rest of it. There is no secret in it.
 * Pure.
 */
export function usersConfig(users: readonly ConfiguredUser[], { account }: UsersConfigOptions): string {
  const list = users.map(userLines).join("\n");
  const gate = users.some(({ permissions }) => permissions.isGated) ? `include "${gateFileName}"\n` : "";
  if (account === null) return `${gate}authorization {\n  users: [\n${list}\n  ]\n}\n`;
  return `${gate}accounts {\n  ${account} {\n    jetstream: enabled\n    users: [\n${list}\n    ]\n  }\n}\n`;
}

/** One question, answered within the time in which its asker waits. */
const mayAnswerOnce = `\n        allow_responses: { max: 1, expires: "5s" }`;

function userLines({ name, publicKey, permissions }: ConfiguredUser): string {
  const { publish, subscribe, mayAnswer, isGated } = permissions;
  return `    # ${name}
    {
      nkey: ${publicKey}
      permissions {
        publish { allow: [${quoted(publish)}]${isGated ? ", deny: $P4_FENCED" : ""} }
        subscribe { allow: [${quoted(subscribe)}] }${mayAnswer ? mayAnswerOnce : ""}
      }
    }`;
}

const quoted = (subjects: readonly string[]): string =>
  subjects.map((subject) => `\n          ${JSON.stringify(subject)}`).join("") + "\n        ";
