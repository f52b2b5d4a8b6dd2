import { assert } from "@std/assert";
import { ProtocolError } from "../../src/protocol/errors.ts";

/** The fault that the function throws; fails where it throws another thing, or nothing. */
export function faultOf(run: () => unknown): ProtocolError {
  try {
    run();
  } catch (error) {
    assert(error instanceof ProtocolError, `Expected a ProtocolError, got ${error}`);
    return error;
  }
  throw new Error("Expected a ProtocolError, got none");
}
