export { clockText, counted, countText, durationText, sizeText, timeText } from "@p4/operator/human";
