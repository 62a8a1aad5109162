export { timelineTable } from "./timeline-table.ts";
