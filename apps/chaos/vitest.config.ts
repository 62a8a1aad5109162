import { packageTests } from "../../vitest.shared.ts";

// A test here is a small campaign: a dozen processes that start, are broken and are waited for.
export default packageTests({ testTimeout: 240_000 });
