/**
 * What a client tells others of its user besides messages: that no key is pressed. Sends by functions that it is given, and
 * knows no screen. Each view calls `IdleReport` for each key.
 * @module
 */
export { IdleReport } from "./idle_report.ts";
