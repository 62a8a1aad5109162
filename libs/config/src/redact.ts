/**
 * Hides the user and password of each URL in a list of them: nats://user:password@host becomes nats://(set)@host. All before
 * the last @ goes, whatever characters it holds: a password with a slash in it looks like a path.
 */
export function redactUserInfo(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^,]*@/gi, "$1(set)@");
}
