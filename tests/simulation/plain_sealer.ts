/** Stands in for the seal of entries where a simulation is not about it: thirty times as fast. */

import type { LogEntry } from "../../src/cluster/command_log.ts";
import { EntryForged, type EntrySealer, TAG_BYTES } from "../../src/cluster/sealed_entry.ts";

interface Sealed {
  readonly s: number;
  readonly n: number;
  readonly text: string;
}

const SEALED = new WeakMap<Uint8Array, Sealed>();

export class PlainSealer implements Pick<EntrySealer, "seal" | "open"> {
  seal(s: number, n: number, text: string): Uint8Array<ArrayBuffer> {
    // Texts differ in their seed, of which this is a part, as the tag of a seal is of its text.
    const seed = /"r":"([0-9a-f]+)"/.exec(text)?.[1] ?? "";
    const data = new Uint8Array(TAG_BYTES);
    for (let at = 0; at < TAG_BYTES; at++) data[at] = seed.charCodeAt(at);
    SEALED.set(data, { s, n, text });
    return data;
  }

  open({ s, n, data }: LogEntry): string {
    const sealed = SEALED.get(data);
    if (sealed?.s !== s || sealed.n !== n) throw new EntryForged({ s, n });
    return sealed.text;
  }
}
