import type { MergedPage, MergedPlace } from "../../core/commands/merge/mod.ts";
import { isKeyDigest, keyOf } from "../../core/hub_command.ts";
import type { HistoryStore } from "../../history/store.ts";
import { conversationName, isConversationName } from "../../protocol/conventions.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { FollowerMessage, HostMessage, KeptChannel } from "../../protocol/hosts/copy_messages.ts";
import { checkedEntry } from "../../protocol/messages/entry_check.ts";
import type { RoomEntry } from "../../protocol/messages/messages.ts";
import { parseName, parseRoom } from "../../protocol/text/names.ts";
import type { CopyAccess } from "./copy_access.ts";
import type { CopyShare } from "./copy_share.ts";
import { DivergedChannel } from "./diverged_channel.ts";
import { isAuthentic } from "./entry_authenticity.ts";

type Of<K extends FollowerMessage["type"]> = Extract<FollowerMessage, { readonly type: K }>;

export interface CopyMergerOptions {
  /** The channels that the follower has. */
  readonly kept: readonly KeptChannel[];
  readonly share: CopyShare;
  readonly access: CopyAccess;
  readonly history: HistoryStore;
  /** Counts entries and ids that the follower offers. Throws if they are too many. */
  readonly count: (offered: number) => void;
  /** Brings the pages into the order of this chat. Resolves with the ids of the entries that were added, when they are shown. */
  readonly merge: (pages: readonly MergedPage[]) => Promise<ReadonlySet<string>>;
  /** Called when a channel is merged. `left`: entries that were left out. */
  readonly merged: (entries: number, left: number) => void;
  readonly send: (message: HostMessage) => void;
}

/**
 * Brings what a follower has and this host lacks into the host's order, one room or conversation after the other: asks for ids until both
 * orders are the same, then for the entries from there on. It asks for one page at a time, and what was not asked for ends the connection.
 */
export class CopyMerger {
  /** By channel: the seq to which the follower goes back before it gets the host's order. */
  readonly rewinds = new Map<string, number>();
  readonly #options: CopyMergerOptions;
  readonly #waiting: KeptChannel[];
  #channel: DivergedChannel | undefined;

  constructor(options: CopyMergerOptions) {
    const { kept, share, history } = this.#options = options;
    this.#waiting = kept.filter(({ name, seq, last }) =>
      last !== undefined && share.mayHave(name) && history.seqOf(name, last) !== seq
    );
  }

  /** Asks about the next channel; false if nothing is left to be merged. */
  next(): boolean {
    const kept = this.#waiting.shift();
    this.#channel = kept && new DivergedChannel(kept, this.#options.history);
    if (kept !== undefined) this.#options.send({ type: "wanted", channel: kept.name });
    return kept !== undefined;
  }

  /** Takes a page of ids. Returns whether the follower was asked for more, and is not done with the channel. */
  takeIds({ channel, ids, more }: Of<"ids">): boolean {
    const now = this.#asked(channel);
    this.#options.count(PAGE_COST + Math.ceil(ids.length / IDS_PER_ENTRY));
    const step = now.takeIds(ids.map(([seq, id]) => [seq as number, id as string]), more === true);
    if ("before" in step) this.#options.send({ type: "wanted", channel, before: step.before });
    else if (step.after < now.kept.seq) this.#options.send({ type: "give", channel, after: step.after });
    else return this.#finish(now);
    return true;
  }

  /** Merges a page of entries. Resolves, with whether there is more to merge, when it is stored and shown. */
  async takeGiven(given: Of<"given">): Promise<boolean> {
    const { channel, entries, more } = given;
    const { count, merge, send, history } = this.#options;
    const now = this.#asked(channel);
    count(PAGE_COST + entries.length + given.members.length);
    now.takeSeqs(entries.map(({ seq }) => seq), more === true);
    const pages = this.#pagesOf(given, now);
    const added = pages.length === 0 ? new Set() : await merge(pages);
    now.note(entries.filter(({ id }) => !added.has(id) && history.seqOf(channel, id) === undefined), added.size);
    if (more) send({ type: "give", channel, after: entries.at(-1)!.seq });
    else return this.#finish(now);
    return true;
  }

  #finish(now: DivergedChannel): boolean {
    const { added, left, rewind } = now;
    if (rewind !== undefined) this.rewinds.set(now.kept.name, rewind);
    if (added + left > 0) this.#options.merged(added, left);
    return this.next();
  }

  /** The channel about which the follower was asked. */
  #asked(channel: string): DivergedChannel {
    if (this.#channel?.kept.name !== channel) throw bad("comes out of place");
    return this.#channel;
  }

  #pagesOf(given: Of<"given">, now: DivergedChannel): MergedPage[] {
    const { access, history } = this.#options;
    const place = placeOf(given, now.kept);
    const members = given.members.map(({ id, name, tokenDigest }) => ({ id, name: checkedName(name), tokenDigest }));
    const keysOf = (id: string) => access.keysOf(id) ?? keysIn(members.find((member) => member.id === id)?.tokenDigest);
    const chat = history.serverId;
    const genuine = given.entries.filter((entry) =>
      entry.room === given.channel && isAuthentic(entry, { chat, keys: keysOf(entry.from.id) })
    );
    return parts(genuine.map(checked)).map((entries, index) => ({
      ...{ place, members: index === 0 ? members : [], after: now.common, entries },
    }));
  }
}

/** Looking up an id takes less than merging an entry. */
const IDS_PER_ENTRY = 10;
/** The cost of a page by itself, in entries. */
const PAGE_COST = 10;

function keysIn(tokenDigest: string | undefined): readonly string[] {
  return tokenDigest !== undefined && isKeyDigest(tokenDigest) ? [keyOf(tokenDigest)] : [];
}

/** An entry that refers to another one is the first of its part, so that the store has the other one. */
function parts(entries: readonly RoomEntry[]): RoomEntry[][] {
  const parts: RoomEntry[][] = [];
  for (const entry of entries) {
    const refers = entry.type !== "message" || entry.reply !== undefined;
    if (refers || parts.length === 0) parts.push([]);
    parts.at(-1)!.push(entry);
  }
  return parts;
}

function placeOf({ channel, room, conversation }: Of<"given">, { id }: KeptChannel): MergedPlace {
  if (!isConversationName(channel)) {
    if (room === undefined) throw bad("has no field room");
    return { room: { id, name: checkedRoom(channel), topic: room.topic } };
  }
  const [a, b] = conversation?.members ?? [];
  if (a === undefined || b === undefined || conversationName(a.id, b.id) !== channel) {
    throw bad("names other members of the conversation");
  }
  return { conversation: { id, members: [a, b] } };
}

/** The id of its last edit stays: the signature of an edited message is that of the edit. */
function checked(entry: RoomEntry): RoomEntry {
  try {
    const whole = checkedEntry(entry);
    return entry.type === "message" && entry.edit !== undefined ? { ...whole, edit: entry.edit } as RoomEntry : whole;
  } catch (error) {
    throw bad(`has an entry that is not valid: ${(error as Error).message}`);
  }
}

function checkedRoom(name: string): string {
  try {
    return parseRoom(name);
  } catch (error) {
    throw bad(`has a room that is not valid: ${(error as Error).message}`);
  }
}

function checkedName(name: string): string {
  try {
    return parseName(name);
  } catch (error) {
    throw bad(`has a name that is not valid: ${(error as Error).message}`);
  }
}

function bad(what: string): ProtocolError {
  return new ProtocolError("bad_frame", `The follower's offer ${what}`);
}
