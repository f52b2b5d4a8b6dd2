// Stands in for `@std/assert` where JSR cannot be reached: the assertions that Confab's tests use.
export * from "./assertion_error.ts";
export * from "./basic.ts";
export * from "./compare.ts";
export * from "./equal.ts";
export * from "./errors.ts";
export * from "./text.ts";
