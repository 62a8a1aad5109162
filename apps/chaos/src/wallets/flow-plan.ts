import { pick, seededRandom } from "../nemesis/random.ts";

/** How a payment goes. A kind that is named twice comes twice as often. */
const variants = ["proved", "proved", "proved", "refused", "paid-twice", "merchant-crashes", "short-lived"] as const;

export type FlowVariant = (typeof variants)[number];

export interface FlowPlan {
  readonly channelId: string;
  readonly variant: FlowVariant;
  /** Edges in the order in which each wallet tries them. */
  readonly merchantUrls: readonly string[];
  readonly customerUrls: readonly string[];
}

export interface FlowEdges {
  /** `ws://host:port`, all with the campaign's ordinary channel life. */
  readonly ordinary: readonly string[];
  /** Opens channels that end within seconds. */
  readonly brief: string;
}

/** The same for the same seed and index, however the flows overlap. */
export function planFlow(index: number, seed: number, edges: FlowEdges): FlowPlan {
  const random = seededRandom(seed * 1_000_003 + index);
  const channelId = `chaos-${String(seed)}-${String(index)}`;
  const variant = pick(variants, random);
  const urls = (first: string): string[] =>
    [first, ...edges.ordinary.filter((edge) => edge !== first)].map((edge) => `${edge}/ws/${channelId}`);
  const first = (): string => (variant === "short-lived" ? edges.brief : pick(edges.ordinary, random));
  return { channelId, variant, merchantUrls: urls(first()), customerUrls: urls(first()) };
}
