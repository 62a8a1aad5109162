export { eventLogContract } from "./contracts/event-log.contract.ts";
export { liveFeedContract } from "./contracts/live-feed.contract.ts";
export { deadlineStoreContract } from "./contracts/deadline-store.contract.ts";
export { documentStoreContract } from "./contracts/document-store.contract.ts";
export { blobStoreContract } from "./contracts/blob-store.contract.ts";
export { presenceContract } from "./contracts/presence.contract.ts";
