export { performStep, type StepOptions } from "./perform-step.ts";
export { surveyRegion, type SiteBrokers } from "./survey-region.ts";
export { readTable, tableSubject } from "./region-table.ts";
export { homeElsewhere, readHome, type FoundHome, type HomeState } from "./home-state.ts";
export { watchHome, type HomeWatch, type HomeWatchOptions } from "./watch-home.ts";
export { watchLease, type LeaseWatch, type LeaseWatchOptions } from "./watch-lease.ts";
export { WriteEpochs, type WriteEpochsOptions } from "./write-epochs.ts";
export { followCopies, type FollowedCopies } from "./follow-copies.ts";
export { withCopies } from "./copied-ports.ts";
