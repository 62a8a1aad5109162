import type { ChannelContext } from "./context.ts";
import { isForgotten, type RememberedEvent, type RememberedNews } from "./remembered-event.ts";

/** What an event takes beside its texts: objects, ids, the sender. */
const eventBytes = 1_024;
/** A transaction's id in its list. */
const txidBytes = 80;

/**
 * About how much memory the channel takes: of whole messages their stored size, of forgotten ones what is left. A text with
 * characters beyond Latin-1 may take twice its size.
 */
export function heldBytes(context: ChannelContext): number {
  const { messages, proofs, doubleSpends, rejections, revocations } = context;
  const news: readonly RememberedNews[] = [...proofs, ...doubleSpends, ...rejections, ...revocations];
  const ofMessages = messages.reduce((sum, event) => sum + heldOfMessage(event), eventBytes);
  return news.reduce((sum, event) => sum + eventBytes + bodyLength(event), ofMessages);
}

function heldOfMessage(event: RememberedEvent): number {
  return eventBytes + (isForgotten(event) ? txidBytes * event.data.txids.length : event.sizeBytes);
}

function bodyLength({ data }: RememberedNews): number {
  const news = Object.values(data) as readonly { readonly bodyText: string }[];
  return news.reduce((sum, { bodyText }) => sum + bodyText.length, 0);
}
