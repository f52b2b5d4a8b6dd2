import type { MemberInfo, Partner, RoomEntry } from "../../../protocol/messages/messages.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { timestamp } from "../../../protocol/text/durations.ts";
import { foldName } from "../../../protocol/text/names.ts";
import type { Effect, KnownMember } from "../../effect.ts";
import { type Channel, DirectConversation } from "../../state/direct_conversation.ts";
import type { Member } from "../../state/members/member.ts";
import { isMuted } from "../../state/mute_checks.ts";
import type { Registry } from "../../state/registry.ts";
import { Room } from "../../state/room.ts";
import type { Turn } from "../../turn.ts";
import { deliverDirect } from "../conversations/direct_delivery.ts";
import { keepRoom } from "../room_lifecycle.ts";
import { withTargets } from "./merged_targets.ts";

/** Entries of one room or conversation that have other seqs in another order of the chat, in that order. */
export interface MergedPage {
  readonly place: MergedPlace;
  /** Members whom this chat may not know: the authors of the entries, and the other member of a conversation. */
  readonly members: readonly KnownMember[];
  /** Up to this seq both orders are the same. */
  readonly after: number;
  /** Only the first one may refer to another entry: that is looked up in the store. */
  readonly entries: readonly RoomEntry[];
}

/** The room or conversation, which is made if the chat has no such room or conversation. */
export type MergedPlace = { readonly room: KeptRoom } | { readonly conversation: DirectPlace };

type KeptRoom = { readonly id: string; readonly name: string; readonly topic: string };
type DirectPlace = { readonly id: string; readonly members: readonly [Partner, Partner] };

/**
 * Adds the entries that the chat does not have, by id, after its own ones, with the next seqs. Left out is what nobody could have
 * written here: an entry of a banned or muted member or under another one's name, and a change of a message that is gone or not theirs.
 */
export function merge(turn: Turn, { place, members, after, entries }: MergedPage): Effect[] {
  const { registry, effects } = turn;
  const added = new Map(
    members.filter((member) => isNew(registry, member)).map((member) => [member.id, { ...member }]),
  );
  const found = channelOf(turn, place, added);
  if (found === undefined) return effects;
  const { channel } = found;
  let begin = found.begin;
  const ids = new Set<string>();
  for (const entry of entries) {
    if (ids.has(entry.id) || isKnown(registry, channel, entry.id)) continue;
    ids.add(entry.id);
    const from = authorOf(registry, channel, entry.from, added);
    const whole = from && withTargets(registry, channel, after, { ...entry, from });
    if (whole === undefined) continue;
    keepNew(turn, added, begin === undefined ? [whole.from.id] : [whole.from.id, ...found.partners ?? []]);
    begin?.();
    begin = undefined;
    append(turn, channel, whole);
  }
  return effects;
}

function isKnown(registry: Registry, channel: Channel, id: string): boolean {
  return registry.recentEntries.find(channel.id, id) !== undefined ||
    registry.historyReader.seqOf(channel.name, id) !== undefined;
}

function append(turn: Turn, channel: Channel, entry: RoomEntry): void {
  const { effects, now } = turn;
  if (channel instanceof Room && !channel.kept) keepRoom(turn, channel);
  // The other host's clock may have been ahead.
  const at = Date.parse(entry.at) > now ? timestamp(now) : entry.at;
  const message = { ...entry, room: channel.name, seq: ++channel.seq, at };
  channel.lastId = message.id;
  effects.push({ type: "append", message });
  if (channel instanceof DirectConversation) deliverDirect(turn, channel, message);
  else effects.push({ type: "publish", room: channel.name, event: message });
}

/** Members who are new here, by id. They are kept with their first entry. */
type Newcomers = ReadonlyMap<string, KnownMember & { isKept?: boolean }>;

/** Whether nobody has the member's id and token here. */
function isNew(registry: Registry, { id, name, tokenDigest }: KnownMember): boolean {
  const isKnown = nameOf(registry, id) !== undefined || registry.idWithToken(tokenDigest) !== undefined ||
    registry.historyReader.memberByToken(tokenDigest) !== undefined;
  return !isKnown && mayBeNamed(registry, id, name);
}

/** Keeps those of them who are new. If another member had the name last, it still leads to that one. */
function keepNew({ registry, effects }: Turn, added: Newcomers, ids: readonly string[]): void {
  for (const id of ids) {
    const member = added.get(id);
    if (member === undefined || member.isKept) continue;
    member.isKept = true;
    const { name, tokenDigest } = member;
    const key = foldName(name);
    const isUsed = registry.names.find(name) !== undefined || registry.historyReader.memberByName([key]) !== undefined;
    effects.push({ type: "keepMember", member: { id, name, tokenDigest, nameKeys: isUsed ? [] : [key] } });
  }
}

/** The present or last name of a member whom the chat knows. */
function nameOf(registry: Registry, id: string): string | undefined {
  const { accounts, historyReader } = registry;
  return registry.withId(id)?.name ?? accounts.withId(id)?.name ?? historyReader.memberById(id)?.name;
}

/** Whether nobody else owns the name. */
function mayBeNamed({ accounts, ownedNames }: Registry, id: string, name: string): boolean {
  const account = accounts.named(name);
  return (account === undefined || account.id === id) && ownedNames.alike(name).every((owned) => owned.id === id);
}

/** The author under the name that they have here; `undefined` if nothing of theirs is taken. A guest may be known to nobody. */
function authorOf(registry: Registry, channel: Channel, from: MemberInfo, added: Newcomers): MemberInfo | undefined {
  const { id } = from;
  const room = channel instanceof Room ? channel.name : undefined;
  if (channel instanceof DirectConversation && channel.members.every((member) => member.id !== id)) return undefined;
  if (isMuted(registry, id, room) || registry.restrictions.banOf(id, room) !== undefined) return undefined;
  const name = nameOf(registry, id) ?? added.get(id)?.name;
  if (name !== undefined) return { id, name };
  return mayBeNamed(registry, id, from.name) ? { id, name: from.name } : undefined;
}

interface MergedChannel {
  readonly channel: Channel;
  /** Makes the channel, which is new. Called before its first entry. */
  readonly begin?: () => void;
  /** The ids of the members of a new conversation. */
  readonly partners?: readonly string[];
}

/** `undefined` if the chat has too many rooms, or if it knows a member of the conversation not at all. */
function channelOf(turn: Turn, place: MergedPlace, added: Newcomers): MergedChannel | undefined {
  return "room" in place ? roomOf(turn, place.room) : conversationOf(turn, place.conversation, added);
}

function roomOf({ registry, now }: Turn, { id, name, topic }: KeptRoom): MergedChannel | undefined {
  const { rooms, roomQuota } = registry;
  const known = rooms.get(name);
  if (known !== undefined) return { channel: known };
  try {
    roomQuota.check(rooms.size, {}, true);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
  const isUsed = rooms.values().some((room) => room.id === id);
  const room = new Room<Member>(isUsed ? registry.newId(now) : id, name);
  room.topic = topic;
  return { channel: room, begin: () => void registry.addRoom(room) };
}

function conversationOf({ registry, effects }: Turn, place: DirectPlace, added: Newcomers): MergedChannel | undefined {
  const { id, members: [a, b] } = place;
  const known = registry.conversations.find(a.id, b.id);
  if (known !== undefined) return { channel: known };
  const [first, second] = [a, b].map((member) => {
    const name = nameOf(registry, member.id) ?? added.get(member.id)?.name;
    return name === undefined ? undefined : { id: member.id, name };
  });
  if (first === undefined || second === undefined) return undefined;
  const members = [first, second] as const;
  const channel = new DirectConversation({ id, members, seq: 0, blockedBy: [] });
  const begin = () => {
    registry.conversations.add(channel);
    effects.push({ type: "keepConversation", conversation: { id, name: channel.name, members } });
  };
  return { channel, begin, partners: [a.id, b.id] };
}
