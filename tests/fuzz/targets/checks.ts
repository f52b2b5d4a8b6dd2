/** Checks for all text that is shown or stored. */

import { assert, assertEquals } from "@std/assert";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import type { Random } from "../../helpers/random.ts";
import { isDangerous } from "../../helpers/hostile_texts.ts";

/** Checks that the text is one line without control functions. */
export function assertHarmlessLine(text: string): void {
  assert(!text.includes("\n"), `The text has a line break: ${JSON.stringify(text)}`);
  assertHarmless(text);
}

/** Checks that the text has no control functions. It may have several lines. */
export function assertHarmless(text: string): void {
  const char = ASCII.test(text) ? undefined : [...text].find(isDangerous);
  assertEquals(char, undefined, `The text has a character that draws: ${JSON.stringify(text)}`);
}

const ASCII = /^[\t\n -~]*$/;

/** Returns the `ProtocolError` that `run` throws, if any. Other errors fail the check. */
export function protocolErrorOf(run: () => void): ProtocolError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    assertHarmlessLine(error.message);
    assert(error.message.length < 1_000, `The error message has ${error.message.length} characters`);
    return error;
  }
}

/** Checks that the prototype of all objects is unchanged. */
export function assertUnpolluted(): void {
  assertEquals(Object.keys(Object.prototype), []);
}

/** Rounds a count to a few classes, to limit the number of outcomes. */
export function few(count: number): string {
  if (count < 3) return String(count);
  return count < 10 ? "some" : "many";
}

/** Splits the bytes into chunks of random lengths. */
export function cutAnywhere(bytes: Uint8Array, random: Random): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const mean = 1 + random.exponential(bytes.length / 4);
  for (let start = 0; start < bytes.length;) {
    const end = start + 1 + random.exponential(mean);
    chunks.push(bytes.slice(start, end));
    start = end;
  }
  return chunks;
}
