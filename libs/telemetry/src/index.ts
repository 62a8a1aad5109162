export { closeInOrder } from "./close-in-order.ts";
export { exitSoon } from "./exit-soon.ts";
export { Readiness, type Check, type CheckResult, type ReadinessReport } from "./health.ts";
export { Lifecycle, type LifecycleOptions, type Service } from "./lifecycle.ts";
export { createLogger, redactUrl, type Logger, type LoggerOptions, type LogLevel } from "./logger.ts";
export { createMetrics, durationBucketsSeconds, type Metrics } from "./metrics.ts";
export { operationsRoutes, type OperationsRoute } from "./operations-routes.ts";
export { settledWithin } from "./settled-within.ts";
export { runUntilSignal, type RunOptions, type SignalProcess } from "./run-until-signal.ts";
