export { timelineTable } from "@p4/cli";
