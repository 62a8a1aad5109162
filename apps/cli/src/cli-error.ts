/** What ends a verb: the terminal's name for what ends any of an operator's actions. */
export {
  exitCodes,
  isOperatorError as isCliError,
  OperatorError as CliError,
  type FailureKind,
} from "@p4/operator/operator-error";
