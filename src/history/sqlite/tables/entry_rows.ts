import type { Quote, RoomChange, RoomEntry, RoomMessage } from "../../../protocol/messages/messages.ts";
import { encodeSignature, encodeText, toMs } from "./column_codec.ts";
import type { RoomRecord } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";
import type { Value } from "./statement.ts";

/**
 * Values of the column `kind` for changes; it is NULL for
 * messages. Never change a number: files contain them.
 */
export const KINDS = { edited: 1, deleted: 2, reacted: 3, removed: 4 } as const;

/** Columns whose values depend on the type of the entry. A `text` of null is not kept. */
export interface EntryColumns {
  readonly text: string | null;
  readonly kind?: number;
  readonly target?: number | undefined;
  readonly changed?: number | undefined;
  readonly targetId?: string | undefined;
  readonly signed?: string | null;
}

/** The values of one row of `messages`, for the first columns of `NEW_COLUMNS`. The others are null. */
export type NewRow = readonly Value[];

/** The columns of a plain message, without reply and signature, and after them those of other entries. */
export const PLAIN_COLUMNS = ["key", "id", "person", "name", "text", "at", "ref"];
export const NEW_COLUMNS = [...PLAIN_COLUMNS, "kind", "target", "changed", "target_id", "signed"];

export function newRow(
  room: RoomRecord,
  { id, seq, from, at }: RoomEntry,
  person: number,
  ref: string | undefined,
  columns: EntryColumns,
): NewRow {
  const { text, kind = null, target = null, changed = null, targetId = null, signed = null } = columns;
  const plain = [
    room.key * ROOM_STRIDE + seq,
    id,
    person,
    from.name,
    text === null ? null : encodeText(text),
    toMs(at),
    ref === undefined ? null : encodeText(ref),
  ];
  const isPlain = kind === null && target === null && changed === null && targetId === null && signed === null;
  return isPlain ? plain : [...plain, kind, target, changed, targetId, signed];
}

/**
 * Columns of an entry. The text of a message and its signature are only in the row of the message; an edit updates that row.
 * With `withText` false no text, emoji or signature is stored, only the place of the entry.
 */
export function entryColumns(entry: RoomEntry, withText: boolean): EntryColumns {
  switch (entry.type) {
    case "message":
      return messageColumns(entry, withText);
    case "reacted":
      return {
        ...changeColumns(entry, withText),
        text: withText ? entry.emoji : null,
        signed: signed(entry, withText),
      };
    case "edited":
      return changeColumns(entry, withText);
    case "deleted":
      return { ...changeColumns(entry, withText), signed: signed(entry, withText) };
    default:
      return entry satisfies never;
  }
}

/** The signature of an imported message that was edited before is that of the edit, which brings it again. */
function messageColumns(message: RoomMessage, withText: boolean): EntryColumns {
  const changed = changedBefore(message);
  return {
    text: withText ? message.text : null,
    ...targetColumns(message.reply),
    changed,
    signed: changed === undefined ? signed(message, withText) : null,
  };
}

function signed(entry: RoomEntry, withText: boolean): string | null {
  return withText ? encodeSignature(entry) : null;
}

/**
 * An imported message that was changed before counts as
 * changed by itself until its change is imported, too.
 */
function changedBefore({ seq, edited, deleted }: RoomMessage): number | undefined {
  return edited || deleted ? seq : undefined;
}

function changeColumns(change: RoomChange, withText: boolean): EntryColumns {
  const kind = change.type === "reacted" && change.removed ? KINDS.removed : KINDS[change.type];
  return { text: withText ? "" : null, kind, ...targetColumns(change.of) };
}

/** The seq of the target finds its row; its id stays known when that row is not kept any more. */
function targetColumns(quote: Quote | undefined): Pick<EntryColumns, "target" | "targetId"> {
  return { target: quote?.seq, targetId: quote?.id };
}
