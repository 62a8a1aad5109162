export { performStep, type StepOptions } from "./perform-step.ts";
export { surveyRegion, type SiteBrokers } from "./survey-region.ts";
export { readTable, tableSubject } from "./region-table.ts";
export { WriteEpochs } from "./write-epochs.ts";
