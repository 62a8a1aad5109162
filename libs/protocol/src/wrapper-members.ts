import typia, { type tags } from "typia";
import { wireError, type WireError } from "./errors.ts";

/** Longest id or name in the wrapper. Ids stay in memory as long as the channel lives, so they are bounded. */
type ShortText = string & tags.MaxLength<256>;

/** Known top-level members but for `headers` and `body`, under our names, as parsed. Go writes `null` for "none". */
export interface WrapperMembers {
  id?: ShortText | null;
  key?: ShortText | null;
  type?: ShortText | null;
  messageId?: ShortText | null;
  correlationId?: ShortText | null;
  channelId?: ShortText | null;
  timestamp?: ShortText | null;
  expiration?: ShortText | null;
  appId?: ShortText | null;
  userId?: ShortText | null;
  clientId?: ShortText | null;
}

export type WrapperMember = keyof WrapperMembers | "headers" | "body";

const knownMembers: readonly WrapperMember[] = [
  "id",
  "key",
  "type",
  "messageId",
  "correlationId",
  "channelId",
  "timestamp",
  "expiration",
  "appId",
  "userId",
  "clientId",
  "headers",
  "body",
];

// The usual spellings of both dialects, so that the folding below is seldom needed.
const spellings = ["correlationID", "channelID", "clientID"] as const;

const memberByName = new Map<string, WrapperMember>();
for (const member of knownMembers) {
  memberByName.set(member, member);
  memberByName.set(member.toLowerCase(), member);
}
for (const name of spellings) memberByName.set(name, memberByName.get(name.toLowerCase())!);

/**
 * The member that a peer means by `name`. Go compares without regard to case, long s and Kelvin sign included:
 * to relay such a name as unknown would let a sender override a member in the receiver's eyes only.
 */
export function wrapperMember(name: string): WrapperMember | undefined {
  return memberByName.get(name) ?? memberByName.get(name.toLowerCase().replaceAll("\u017f", "s"));
}

const isWrapper = typia.createIs<WrapperMembers>();

/** `null` when every member has its documented type; `nameOf` gives the sender's spelling for the error. */
export function checkWrapperMembers(
  members: Record<string, unknown>,
  nameOf: (member: string) => string,
): WireError | null {
  if (isWrapper(members)) return null;
  const member = knownMembers.find((name) => !isWrapper({ [name]: members[name] })) ?? "";
  return typeof members[member] === "string"
    ? wireError("WIRE_MEMBER_TOO_LONG", nameOf(member), "at most 256 characters")
    : wireError("WIRE_MEMBER_TYPE", nameOf(member), "must be text");
}
