/** What a wallet says, whatever its dialect. The body is text: no parser of ours may touch it. */
export interface Spoken {
  readonly key: string;
  readonly messageId: string;
  readonly correlationId: string;
  readonly body: string;
  readonly timestamp: string;
  readonly expiration: string | null;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly appId: string;
}

/** As theflyingcodr/sockets writes it: member order, arrays in headers, `expiration` null, a newline at the end. */
export function goFrame(spoken: Spoken, channelId: string, clientId: string): string {
  const { key, messageId, correlationId, body, timestamp, expiration, headers, appId } = spoken;
  return (
    `{"correlationId":"${correlationId}","appId":"${appId}","clientID":"${clientId}","userId":"",` +
    `"expiration":${expiration === null ? "null" : `"${expiration}"`},"body":${body},"messageId":"${messageId}",` +
    `"channelId":"${channelId}","timestamp":"${timestamp}","type":"${key}","headers":${JSON.stringify(headers)}}\n`
  );
}

/** As the document prints it: headers are plain text, and the frame has an id of its own. */
export function documentFrame(spoken: Spoken, channelId: string): string {
  const { key, messageId, correlationId, body, timestamp, expiration, headers, appId } = spoken;
  const plain = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(", ")]));
  return (
    `{"id":"${messageId}","key":"${key}","body":${body},"messageId":"${messageId}","correlationID":"${correlationId}",` +
    `"timestamp":"${timestamp}","headers":${JSON.stringify(plain)},` +
    (expiration === null ? "" : `"expiration":"${expiration}",`) +
    `"channelID":"${channelId}","appId":"${appId}","userId":""}`
  );
}

/** The server adds one header, the message's place in the log; its value is the server's own. */
export function withoutSequence(frame: string): string {
  return frame.replace(/,?"x-p4-sequence":(?:"\d+"|\["\d+"\])/, "");
}
