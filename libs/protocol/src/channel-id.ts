const channelIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether `text` may name a channel. The set is also safe as a NATS subject token, a KV key and a path segment. */
export function isChannelId(text: string): boolean {
  return channelIdPattern.test(text);
}
