import { assert } from "@std/assert";
import { ProtocolError } from "../../src/protocol/errors.ts";

/** Returns the `ProtocolError` that the function throws. Fails on another error, or on none. */
export function protocolErrorOf(run: () => unknown): ProtocolError {
  try {
    run();
  } catch (error) {
    assert(error instanceof ProtocolError, `Expected a ProtocolError, got ${error}`);
    return error;
  }
  throw new Error("Expected a ProtocolError, got none");
}
