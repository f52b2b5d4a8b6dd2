import { COPY_PART_BYTES } from "../../protocol/limits.ts";
import type { CopyBatch, HostMessage } from "../../protocol/hosts/copy_messages.ts";

type CopyMessage = Extract<HostMessage, { type: "copy" }>;
type Field = keyof CopyBatch;

/** The JSON of a copy: one message, or several parts if it is long. No part exceeds `COPY_PART_BYTES` by more than one item. */
export function copyParts(copy: Omit<CopyMessage, "type" | "more">): string[] {
  const json = JSON.stringify({ type: "copy", ...copy });
  // A character has at most three bytes.
  if (3 * json.length <= COPY_PART_BYTES) return [json];
  const parts = splitBatch(copy.batch);
  const last = parts.length - 1;
  return parts.map((batch, index) =>
    JSON.stringify({ type: "copy", ...copy, batch, more: index < last ? true : undefined })
  );
}

function splitBatch(batch: CopyBatch): CopyBatch[] {
  const parts: Partial<Record<Field, unknown[]>>[] = [{}];
  let bytes = 0;
  for (const [field, items] of Object.entries(batch) as [Field, unknown[] | undefined][]) {
    for (const item of items ?? []) {
      const size = 3 * JSON.stringify(item).length;
      if (bytes > 0 && bytes + size > COPY_PART_BYTES) {
        parts.push({});
        bytes = 0;
      }
      (parts.at(-1)![field] ??= []).push(item);
      bytes += size;
    }
  }
  return parts as CopyBatch[];
}
