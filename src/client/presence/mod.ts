/**
 * What members see of each other besides messages: `IdleReport` tells that no key is pressed, `TypistReport` that the user is
 * writing, and `Typists` knows who else is. They send by functions that they are given, and know no screen: each view calls them.
 * @module
 */
export { IdleReport } from "./idle_report.ts";
