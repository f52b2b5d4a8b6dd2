import { MAX_MEMBERS_LISTED, MAX_QUIET_LISTED, PRESENCE_ABOVE_MEMBERS } from "../../protocol/limits.ts";
import type { MemberInfo, PresenceEvent, Quote, RoomMessage } from "../../protocol/messages/messages.ts";
import type { SessionId } from "../effect.ts";
import type { Channel } from "./direct_conversation.ts";
import type { Source } from "./quotas/quota.ts";

/** The value of `preparedBy` for owners of the server. */
export const OWNERS = "owners";

/** The maker of a room and the account that prepared it, as the store keeps them. */
export interface RoomOrigin extends Source {
  readonly preparedBy?: string;
}

/** The part of a member that a room needs. */
export interface RoomMember {
  readonly id: string;
  readonly info: MemberInfo;
  /** The member as a `join` shows them. */
  readonly introduction: MemberInfo;
  readonly sessions: readonly { readonly id: SessionId; readonly rooms: readonly string[] }[];
}

/** Members, topic and message numbers of one room. Callers check permissions. */
export class Room<M extends RoomMember = RoomMember> implements Channel {
  readonly id: string;
  readonly name: string;
  topic: string;
  /** Whether the room is kept in the store, or an effect has asked for it. */
  kept: boolean;
  /** The maker; empty if an owner made the room or the maker is unknown. */
  maker: Source;
  /** Id of the account that keeps the room while it is empty and has no messages, or `OWNERS`. */
  preparedBy: string | undefined;
  /** The seq of the newest message or change; 0 before the first. */
  seq: number;
  /** The id of that entry, once it is known: not at the start. */
  lastId: string | undefined;
  /** Seconds between two messages of one member; 0 for no limit. */
  slowSeconds = 0;
  /** Time of each member's last message while the room is slow, by id, latest last. */
  private readonly wroteAt = new Map<string, number>();
  private readonly present = new Set<M>();
  /** The members who wrote last, at most `MAX_MEMBERS_LISTED`, latest last. */
  private readonly speakers = new Set<M>();
  private lastSpeaker: M | undefined;
  /** Members who joined since the last `takePresence`. */
  private readonly came = new Set<M>();
  /** Members who left since the last `takePresence`, by id. */
  private readonly went = new Map<string, MemberInfo>();

  /** `stored` and `origin` are from the store. */
  constructor(
    id: string,
    name: string,
    stored?: { readonly topic: string; readonly seq: number },
    origin?: RoomOrigin,
  ) {
    this.id = id;
    this.name = name;
    this.topic = stored?.topic ?? "";
    this.seq = stored?.seq ?? 0;
    this.kept = stored !== undefined;
    this.maker = { member: origin?.member, from: origin?.from };
    // Databases of earlier versions have no origins: their rooms count as prepared by owners.
    this.preparedBy = stored !== undefined && origin === undefined ? OWNERS : origin?.preparedBy;
  }

  get size(): number {
    return this.present.size;
  }

  get members(): Iterable<M> {
    return this.present;
  }

  /** The sessions that follow the room, except one. */
  *sessionsBut(except: SessionId | undefined): Iterable<SessionId> {
    for (const { sessions } of this.present) {
      for (const { id, rooms } of sessions) if (id !== except && rooms.includes(this.name)) yield id;
    }
  }

  /** In a slow room: notes a message and returns 0, or returns the milliseconds until the member may write. */
  takeTurn(member: M, now: number): number {
    const wait = (this.wroteAt.get(member.id) ?? -Infinity) + 1000 * this.slowSeconds - now;
    if (wait > 0) return wait;
    this.wroteAt.delete(member.id);
    this.wroteAt.set(member.id, now);
    for (const [id, at] of this.wroteAt) {
      if (at + 1000 * this.slowSeconds > now) break;
      this.wroteAt.delete(id);
    }
    return 0;
  }

  /** Whether the room may end: it has no members and no messages, and no account or owner prepared it. */
  get isUnused(): boolean {
    return this.present.size === 0 && this.seq === 0 && this.preparedBy === undefined;
  }

  /** The record to keep in the store. */
  get origin(): RoomOrigin {
    return { ...this.maker, preparedBy: this.preparedBy };
  }

  /**
   * Adds a member. Returns true if a `join` must be published now; false if `takePresence` will report it, or nothing
   * has changed for the others.
   */
  add(member: M): boolean {
    this.present.add(member);
    const left = this.went.get(member.id);
    if (left === undefined && this.present.size <= PRESENCE_ABOVE_MEMBERS) return true;
    if (left?.name === member.info.name) this.went.delete(member.id);
    else this.came.add(member);
    return false;
  }

  /** Removes a member. Returns true if a `leave` must be published now. `info` is for a later `presence`. */
  remove(member: M, info: MemberInfo): boolean {
    const crowded = this.present.size > PRESENCE_ABOVE_MEMBERS;
    this.present.delete(member);
    this.speakers.delete(member);
    if (this.lastSpeaker === member) this.lastSpeaker = undefined;
    if (this.came.delete(member)) return false;
    if (!crowded) return true;
    this.went.set(member.id, info);
    return false;
  }

  /** Creates the next message of the room: takes a seq, and notes its author as the latest speaker. */
  post(author: M, id: string, text: string, at: string, reply?: Quote): RoomMessage {
    if (this.lastSpeaker !== author) this.noteSpeaker(author);
    const message = { type: "message" as const, id, room: this.name, seq: ++this.seq, from: author.info, text, at };
    return reply === undefined ? message : { ...message, reply };
  }

  /** At most `MAX_MEMBERS_LISTED` members, latest speakers first. */
  listMembers(): M[] {
    const listed = [...this.speakers].reverse();
    for (const member of this.present) {
      if (listed.length >= MAX_MEMBERS_LISTED) break;
      if (!this.speakers.has(member)) listed.push(member);
    }
    return listed;
  }

  /** The members who came and went since the last call; `undefined` if none did. `isMuted` takes the id of a member. */
  takePresence(isMuted: (id: string) => boolean): PresenceEvent | undefined {
    if (this.came.size === 0 && this.went.size === 0) return undefined;
    const joined = firstOf(Array.from(this.came, ({ introduction }) => introduction), isMuted);
    // A member who left and came back under another name has only joined: clients replace the name.
    for (const { id } of this.came) this.went.delete(id);
    const left = firstOf(this.went.values(), isMuted);
    this.came.clear();
    this.went.clear();
    return { type: "presence", room: this.name, count: this.present.size, joined, left };
  }

  private noteSpeaker(member: M): void {
    this.lastSpeaker = member;
    this.speakers.delete(member);
    this.speakers.add(member);
    if (this.speakers.size > MAX_MEMBERS_LISTED) this.speakers.delete(this.speakers.keys().next().value!);
  }
}

/** The first members, at most `MAX_MEMBERS_LISTED` and among them at most `MAX_QUIET_LISTED` muted ones, marked. */
function firstOf(members: Iterable<MemberInfo>, isMuted: (id: string) => boolean): MemberInfo[] {
  const listed: MemberInfo[] = [];
  let quiet = 0;
  for (const { id, name, ...marks } of members) {
    const isQuiet = marks.quiet || isMuted(id);
    if (isQuiet && ++quiet > MAX_QUIET_LISTED) continue;
    listed.push(isQuiet ? { id, name, quiet: true } : { id, name, ...marks });
    if (listed.length === MAX_MEMBERS_LISTED) break;
  }
  return listed;
}
