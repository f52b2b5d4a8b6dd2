import { AssertionError, suffix } from "./assertion_error.ts";
import { plain } from "./format.ts";

// deno-lint-ignore no-explicit-any -- an error class may take anything
type ErrorConstructor<E extends Error> = abstract new (...args: any[]) => E;

/** Fails unless the value is an Error, of the class and with the text in its message where they are given. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: ErrorConstructor<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) throw new AssertionError(`Expected "error" to be an Error object${suffix(msg)}`);
  if (ErrorClass && !(error instanceof ErrorClass)) {
    const kind = (error as Error).constructor?.name;
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", but was "${kind}"${suffix(msg)}`,
      { cause: error },
    );
  }
  if (!msgMatches) return;
  const text = plain(error.message);
  if (typeof msgMatches === "string" ? text.includes(plain(msgMatches)) : msgMatches.test(text)) return;
  const wanted = typeof msgMatches === "string" ? JSON.stringify(msgMatches) : String(msgMatches);
  throw new AssertionError(
    `Expected error message to include ${wanted}, but got ${JSON.stringify(error.message)}${suffix(msg)}`,
    { cause: error },
  );
}

/** Fails unless the function throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Fails unless the function throws an error of the class, with the text in its message; returns the error. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  classOrMsg?: ErrorConstructor<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const ErrorClass = typeof classOrMsg === "string" ? undefined : classOrMsg;
  const ownMsg = typeof classOrMsg === "string" ? classOrMsg : msg;
  try {
    fn();
  } catch (error) {
    if (ErrorClass) checkThrown(error, "thrown", ErrorClass, msgIncludes, ownMsg);
    return error;
  }
  throw new AssertionError(`Expected function to throw${suffix(ownMsg)}`);
}

/** Fails unless the promise that the function returns rejects; resolves to what it rejected with. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Fails unless the promise rejects with an error of the class, with the text in its message; resolves to the error. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorConstructor<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const ErrorClass = typeof classOrMsg === "string" ? undefined : classOrMsg;
  const ownMsg = typeof classOrMsg === "string" ? classOrMsg : msg;
  const promise = callForPromise(fn, ownMsg);
  try {
    await promise;
  } catch (error) {
    if (ErrorClass) checkThrown(error, "rejected", ErrorClass, msgIncludes, ownMsg);
    return error;
  }
  throw new AssertionError(`Expected function to reject${suffix(ownMsg)}`);
}

function callForPromise(fn: () => PromiseLike<unknown>, msg: string | undefined): PromiseLike<unknown> {
  try {
    const promise = fn();
    if (typeof promise?.then === "function") return promise;
  } catch {
    // A throw before the promise is there is no rejection.
  }
  throw new AssertionError(`Function throws when expected to reject${suffix(msg)}`);
}

function checkThrown<E extends Error>(
  error: unknown,
  how: "thrown" | "rejected",
  ErrorClass: ErrorConstructor<E>,
  msgIncludes: string | undefined,
  msg: string | undefined,
): void {
  if (!(error instanceof Error)) throw new AssertionError(`A non-Error object was ${how}${suffix(msg)}`);
  assertIsError(error, ErrorClass, msgIncludes, msg);
}
