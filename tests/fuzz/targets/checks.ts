/** What holds for whatever is shown or kept, wherever it came from. */

import { assert, assertEquals } from "@std/assert";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import type { Random } from "../../helpers/random.ts";
import { isDangerous } from "../../helpers/hostile_texts.ts";

/** Nothing of it draws, and it is one line. */
export function assertHarmlessLine(text: string): void {
  assert(!text.includes("\n"), `Has a line break: ${JSON.stringify(text)}`);
  assertHarmless(text);
}

/** Nothing of it draws; it may have several lines. */
export function assertHarmless(text: string): void {
  const char = ASCII.test(text) ? undefined : [...text].find(isDangerous);
  assertEquals(char, undefined, `Lets through what may draw: ${JSON.stringify(text)}`);
}

const ASCII = /^[\t\n -~]*$/;

/** The fault that `run` throws, if it is one that its sender may be told of; undefined if it throws nothing. */
export function faultOf(run: () => void): ProtocolError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    assertHarmlessLine(error.message);
    assert(error.message.length < 1_000, `A fault of ${error.message.length} characters`);
    return error;
  }
}

/** Whether somebody has reached what all objects share. */
export function assertUnpolluted(): void {
  assertEquals(Object.keys(Object.prototype), []);
}

/** As small a number of outcomes as tells something. */
export function few(count: number): string {
  if (count < 3) return String(count);
  return count < 10 ? "some" : "many";
}

/** In pieces of any length, which together are all of it. */
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
