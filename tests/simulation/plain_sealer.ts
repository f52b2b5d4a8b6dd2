/** Stands in for the seal of entries where a simulation is not about it: thirty times as fast. */

import type { LogEntry } from "../../src/cluster/command_log.ts";
import { EntryForged, type EntrySealer, TAG_BYTES } from "../../src/cluster/sealed_entry.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

export class PlainSealer implements Pick<EntrySealer, "seal" | "open"> {
  seal(s: number, n: number, text: string): Uint8Array<ArrayBuffer> {
    const head = `${s}/${n} `;
    // Texts differ in their seed, which is at the end as the tag of a seal is.
    const seed = /"r":"([0-9a-f]+)"/.exec(text)?.[1] ?? "0".repeat(TAG_BYTES);
    return ENCODER.encode(head + text + seed.slice(0, TAG_BYTES));
  }

  open({ s, n, data }: LogEntry): string {
    const text = DECODER.decode(data);
    const head = `${s}/${n} `;
    if (!text.startsWith(head)) throw new EntryForged({ s, n });
    return text.slice(head.length, -TAG_BYTES);
  }
}
