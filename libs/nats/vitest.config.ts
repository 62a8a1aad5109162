import { packageTests } from "../../vitest.shared.ts";

// The tests mostly wait for a broker, each file for its own, so more of them run at once than there are processors.
export default packageTests({ maxWorkers: 4 });
