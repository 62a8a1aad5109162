export { addressesOf, type Addresses } from "./addresses.ts";
export { ConfigError, isConfigError, type ConfigProblem } from "./config-error.ts";
export { loadConfig, type Config, type Environment } from "./config.ts";
export { configReference, describeConfig, formatConfig, type ConfigLine } from "./describe-config.ts";
export { awaitsHeaders, type HeaderSourceConfig } from "./header-source.ts";
export { schema, type SettingName } from "./schema.ts";
export { warningsOf } from "./warnings.ts";
export { withoutLogin } from "./urls.ts";
export { appNames, type AppName, type Setting } from "./setting.ts";
