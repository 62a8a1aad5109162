/** Hides the user and password of each URL in a text: nats://user:password@host becomes nats://(set)@host. */
export function redactUserInfo(text: string): string {
  return text.replace(/([a-z]+:\/\/)[^/@,]*@/g, "$1(set)@");
}
