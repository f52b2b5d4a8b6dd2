import type { HistoryStore, StoredMember } from "../history/store.ts";
import { isConversationName } from "../protocol/conventions.ts";
import type { FollowerMessage } from "../protocol/hosts/copy_messages.ts";
import { MAX_GIVEN_BYTES, MAX_GIVEN_ENTRIES, MAX_OFFERED_IDS } from "../protocol/limits.ts";
import type { RoomEntry } from "../protocol/messages/messages.ts";
import { utf8Length } from "../protocol/text/utf8_length.ts";

type Of<K extends FollowerMessage["type"]> = Extract<FollowerMessage, { readonly type: K }>;

/** The ids of the newest entries before a seq. */
export function offeredIds(history: HistoryStore, channel: string, before: number | undefined): Of<"ids"> {
  const page = { room: channel, limit: MAX_OFFERED_IDS + 1, ...before !== undefined && { before } };
  const entries = history.entries(page).toReversed();
  const ids = entries.slice(0, MAX_OFFERED_IDS).map(({ seq, id }): [number, string] => [seq, id]);
  return { type: "ids", channel, ids, ...entries.length > MAX_OFFERED_IDS && { more: true } };
}

/** The first entries after a seq, as many as fit in a message, with their authors and the channel itself. */
export function givenEntries(history: HistoryStore, channel: string, after: number): Of<"given"> {
  const place = placeOf(history, channel);
  if (place === undefined) return { type: "given", channel, members: [], entries: [] };
  const { seq, members: partners, ...named } = place;
  const members = new Map<string, StoredMember>();
  const entries: RoomEntry[] = [];
  let bytes = 0;
  const add = (id: string) => {
    const member = members.has(id) ? undefined : history.memberById(id);
    if (member === undefined) return;
    members.set(id, member);
    bytes += sizeOf(member);
  };
  for (const id of partners) add(id);
  for (const entry of entriesAfter(history, channel, after, seq)) {
    const shorter = withoutQuote(entry);
    const size = sizeOf(shorter);
    if (entries.length === MAX_GIVEN_ENTRIES || entries.length > 0 && bytes + size > MAX_GIVEN_BYTES) {
      return { type: "given", channel, ...named, members: listOf(members), entries, more: true };
    }
    entries.push(shorter);
    bytes += size;
    add(entry.from.id);
  }
  return { type: "given", channel, ...named, members: listOf(members), entries };
}

function* entriesAfter(history: HistoryStore, room: string, after: number, last: number): Iterable<RoomEntry> {
  for (let from = after; from < last; from += MAX_GIVEN_ENTRIES) {
    yield* history.entries({ room, after: from, before: from + MAX_GIVEN_ENTRIES + 1, limit: MAX_GIVEN_ENTRIES });
  }
}

function placeOf(history: HistoryStore, channel: string) {
  if (!isConversationName(channel)) {
    const room = history.rooms().find(({ name }) => name === channel);
    return room && { room: { id: room.id, name: room.name, topic: room.topic }, seq: room.seq, members: [] };
  }
  const found = history.conversation(channel);
  if (found === undefined) return undefined;
  const [a, b] = found.members.map(({ id, name }) => ({ id, name }));
  const conversation = { id: found.id, members: [a!, b!] as [typeof a & object, typeof b & object] };
  return { conversation, seq: found.seq, members: [a!.id, b!.id] };
}

/** The other end has the message that is quoted. */
function withoutQuote(entry: RoomEntry): RoomEntry {
  const short = ({ id, seq }: { readonly id?: string | undefined; readonly seq: number }) => ({
    ...id !== undefined && { id },
    seq,
  });
  if (entry.type !== "message") return { ...entry, of: short(entry.of) };
  return entry.reply === undefined ? entry : { ...entry, reply: short(entry.reply) };
}

function sizeOf(part: object): number {
  return utf8Length(JSON.stringify(part));
}

function listOf(members: ReadonlyMap<string, StoredMember>): Of<"given">["members"] {
  return [...members.values()].map(({ id, name, tokenDigest, nameKeys }) => ({
    ...{ id, name, tokenDigest, nameKeys: [...nameKeys] },
  }));
}
