import { formatNetwork } from "../protocol/address/network.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { errorEvent, type LeaveReason, type MessageFile, type TypingCommand } from "../protocol/messages/messages.ts";
import { continueBulkEnds, endExpiredRestrictions } from "./commands/moderation/allow.ts";
import { runCommand } from "./commands/command_table.ts";
import { continueHashed } from "./commands/hashed_command.ts";
import { endExpiredCalls } from "./commands/calls/leave_call.ts";
import { readableFile } from "./commands/files/fetch.ts";
import { cancelUpload, endExpiredUploads } from "./commands/files/offer.ts";
import { mayCopyRoom, memberWithKey, signingKeysOf } from "./commands/copies.ts";
import { noteUploaded, type UploadPlace, uploadPlace } from "./commands/files/upload_place.ts";
import { detach, endGreetings, expel, leaveRoom } from "./commands/leave.ts";
import { merge } from "./commands/merge/mod.ts";
import { freeUnvisitedNames } from "./commands/members/kept_name.ts";
import { tellAway } from "./commands/presence/away.ts";
import { reportTyping } from "./commands/presence/typist_signal.ts";
import { welcomeOf } from "./commands/welcome.ts";
import { settleHash } from "./commands/password_check.ts";
import { endUnusedRooms } from "./commands/room_lifecycle.ts";
import type { Effect, Hashed, SessionId } from "./effect.ts";
import type { HubCommand, LockOpener } from "./hub_command.ts";
import { type HubOp, incarnationOf } from "./hub_op.ts";
import { type HubOptions, NOTHING_KNOWN } from "./hub_options.ts";
import type { GraphImage } from "./image/graph_table.ts";
import { hubTable } from "./image/hub_parts.ts";
import { readGraph, writeGraph } from "./image/mod.ts";
import type { TakenSeat } from "./state/calls.ts";
import { isMuted } from "./state/mute_checks.ts";
import { SecretRefused, WrongPassword } from "./state/password_attempts.ts";
import { rulesOf } from "./state/rules.ts";
import { Registry } from "./state/registry.ts";
import { joined, type Opening, Session } from "./state/members/session.ts";
import { send, type Turn } from "./turn.ts";

export type { HubOptions, UploadPlace };

/** Counts of rooms and members. */
export interface Census {
  /** All rooms, including stored rooms without members. */
  readonly rooms: number;
  /** Members that are connected. */
  readonly members: number;
}

/**
 * All rooms and sessions. Each call returns the effects that the server must perform, in order. `now` is in milliseconds
 * since the epoch.
 */
export class Hub {
  private readonly registry: Registry;

  constructor(options: HubOptions, registry: Registry = new Registry(options)) {
    this.registry = registry;
  }

  /**
   * Returns a hub with the state of an `image`, also one of another server. Of the options it takes `server` and `historyReader`;
   * the rules are those of the image until `changeRules`. Throws an `ImageError` for an image that this program cannot read.
   */
  static restore(options: HubOptions, image: object): Hub {
    const { server, historyReader = NOTHING_KNOWN } = options;
    return new Hub(options, readGraph(image, hubTable(server, historyReader)) as Registry);
  }

  /** The whole state as plain JSON. Hubs that have got the same calls have equal images, whenever they were restored. */
  image(): GraphImage {
    const { server, historyReader } = this.registry;
    return writeGraph(this.registry, hubTable(server, historyReader));
  }

  /** Members and sessions in memory: the time of `image` grows with them. */
  get weight(): number {
    return this.registry.weight;
  }

  /** All who are in calls now: the server of a restored hub got no `admit` for them. */
  seats(): Iterable<TakenSeat> {
    return this.registry.calls.seats();
  }

  /** Ids follow from this seed from here on: 32 bytes in hexadecimal. They stay higher than all before. */
  reseed(seed: string): void {
    this.registry.reseed(seed);
  }

  /** Decides by the rules in these options from here on. */
  changeRules(options: HubOptions, now: number): void {
    this.registry.changeRules(rulesOf(options), now);
  }

  /** Performs the op, as the method of its name does. `monotonic` is the time of the clock of `openedAt`. */
  apply(op: HubOp, now: number, monotonic = now): Effect[] {
    switch (op.op) {
      case "open":
        return this.open(op.session, { ...op.opening, openedAt: monotonic }, now);
      case "say":
        return this.handle(op.session, op.command, now);
      case "close":
        return this.close(op.session, op.reason, now);
      case "hashed":
        return this.hashed(op.ticket, op.hashed, now);
      case "uploaded":
        return this.uploaded(op.id, op.found, now);
      case "cancelUpload":
        return this.cancelUpload(op.id, op.hasBytes, now);
      case "tick":
        return this.tick(now, monotonic);
      case "merge":
        return merge(this.turn(now), op.page);
      case "closeAll":
        return this.closeAll(op.incarnation, now);
      default:
        return op satisfies never;
    }
  }

  /** Opens a session for a new connection, and welcomes it. */
  open(id: SessionId, opening: Opening, now: number): Effect[] {
    this.registry.sessions.set(id, new Session(id, opening, now));
    const event = welcomeOf(this.registry, opening.challenge);
    return [{ type: "send", session: id, event }];
  }

  /** True while a password of the session is being checked. The caller holds its next commands back until `hashed`. */
  isWaiting(id: SessionId): boolean {
    return this.registry.sessions.get(id)?.ticket !== undefined;
  }

  /** The id of the session's member, if it has joined. */
  memberOf(id: SessionId): string | undefined {
    return this.registry.sessions.get(id)?.member?.id;
  }

  /** The id of the invite with this digest. */
  inviteWith(digest: string): string | undefined {
    return this.registry.invites.idOf(digest);
  }

  /** The id of the room's lock and what it keeps of its password; `undefined` unless a password opens it. */
  lockOf(room: string): LockOpener & { readonly id: string } | undefined {
    const lock = this.registry.restrictions.lock(room);
    return lock?.opener === undefined ? undefined : { id: lock.id, opener: lock.opener, salt: lock.salt ?? lock.id };
  }

  /** The place for one upload; `undefined` if it was never offered, is used, or its time is over, or the member is banned. */
  slot(id: string, now: number): UploadPlace | undefined {
    return uploadPlace(this.registry, id, now);
  }

  /**
   * Notes that the bytes of the slot are complete. Where there is no such slot, or it is complete with other bytes, asks to drop
   * these.
   */
  uploaded(id: string, found: Pick<MessageFile, "sha256" | "media">, now: number): Effect[] {
    const turn = this.turn(now);
    noteUploaded(turn, id, found);
    return turn.effects;
  }

  /**
   * Ends the slot at the wish of its member, and asks to drop its bytes; does nothing where there is no such slot. `hasBytes`:
   * some bytes of the file had arrived, so that its size still counts for the member's day.
   */
  cancelUpload(id: string, hasBytes: boolean, now: number): Effect[] {
    const file = this.registry.uploads.find(id, now);
    const turn = this.turn(now);
    if (file !== undefined) cancelUpload(turn, file, hasBytes || file.found !== undefined);
    return turn.effects;
  }

  /** Whether a complete upload that no message carries yet has this hash. */
  hasUpload(sha256: string): boolean {
    return this.registry.uploads.has(sha256);
  }

  /** The file with this id, if the member may read its message now. */
  readableFile(memberId: string, fileId: string): MessageFile | undefined {
    return readableFile(this.registry, memberId, fileId);
  }

  /** Whether the session is one of an owner: the operator's own, or one with the owners' password. */
  isOwner(id: SessionId): boolean {
    return this.registry.sessions.get(id)?.isOwner === true;
  }

  /** The member who has this key as one of their devices, unless they are banned from the whole server. */
  memberWithKey(key: string): string | undefined {
    return memberWithKey(this.registry, key);
  }

  /** The keys with which the member signs; `undefined` for a member whom the chat does not know. */
  keysOf(memberId: string): readonly string[] | undefined {
    return signingKeysOf(this.registry, memberId);
  }

  /** Whether the member may keep a copy of the room: it has no lock, or the member is in it, and is not banned from it. */
  mayCopyRoom(memberId: string, room: string): boolean {
    return mayCopyRoom(this.registry, memberId, room);
  }

  /** Runs a command of the session. An invalid one is answered with an `error`. Must not be called while `isWaiting(id)`. */
  handle(id: SessionId, command: HubCommand, now: number): Effect[] {
    const session = this.registry.sessions.get(id);
    if (session === undefined) return [];
    if (session.ticket !== undefined) throw new Error(`Session ${id} sent a command during a password check`);
    const turn = this.turn(now);
    this.run(turn, session, command.ref, () => runCommand(turn, session, command));
    return turn.effects;
  }

  /** The effects of a `typing` of the session. Changes nothing: who calls limits the rate. */
  typing(id: SessionId, command: TypingCommand, now: number): Effect[] {
    const session = this.registry.sessions.get(id);
    if (session === undefined) return [];
    const turn = this.turn(now);
    this.run(turn, session, command.ref, () => reportTyping(turn, { session, member: joined(session) }, command));
    return turn.effects;
  }

  /** Continues the command that asked for a `hash`. */
  hashed(ticket: number, hashed: Hashed, now: number): Effect[] {
    const waiting = this.registry.hashTickets.take(ticket);
    if (waiting === undefined) return [];
    const { session, command } = waiting;
    const turn = this.turn(now);
    const refusal = settleHash(turn, waiting, hashed);
    const isOpen = this.registry.sessions.get(session.id) === session;
    if (isOpen) this.run(turn, session, command.ref, () => continueHashed(turn, waiting, hashed));
    else if (refusal !== undefined) reportRefusal(turn, session, refusal);
    return turn.effects;
  }

  private turn(now: number): Turn {
    return { registry: this.registry, now, effects: [] };
  }

  /** Does the work. A ProtocolError replaces its effects with an `error`; the last wrong password ends the session. */
  private run(turn: Turn, session: Session, ref: string | undefined, work: () => void): void {
    const start = turn.effects.length;
    try {
      work();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      turn.effects.length = start;
      send(turn, session, errorEvent(error, ref));
      if (error instanceof SecretRefused) reportRefusal(turn, session, error);
      if (error instanceof WrongPassword && error.last) expel(turn, session, "refused", "closed");
    }
  }

  /** Ends the session of a closed connection. A member whose last session it was may return within `GRACE_MS`. */
  close(id: SessionId, reason: LeaveReason, now: number): Effect[] {
    const session = this.registry.sessions.get(id);
    if (session === undefined) return [];
    this.registry.sessions.delete(id);
    const turn = this.turn(now);
    const { member } = session;
    if (member === undefined) return turn.effects;
    detach(turn, member, session, reason);
    return turn.effects;
  }

  /**
   * Ends all sessions of a server that is lost, the lowest id first, as if their connections had broken. The passwords that
   * it was hashing count as not hashed.
   */
  closeAll(incarnation: number, now: number): Effect[] {
    const { sessions, hashTickets } = this.registry;
    const isLost = (id: SessionId) => incarnationOf(id) === incarnation;
    const closed = [...sessions.keys()].filter(isLost).sort((a, b) => a - b)
      .flatMap((id) => this.close(id, "closed", now));
    const hashes = hashTickets.of(isLost).flatMap((ticket) => this.hashed(ticket, { busy: true }, now));
    return [...closed, ...hashes];
  }

  /**
   * Must be called every `PRESENCE_INTERVAL_MS`. Ends what has expired (graces, greetings, invites, restrictions, owned
   * names, unused rooms, uploads), and tells the members of crowded rooms who came and went. `monotonic` is the time of the clock of `openedAt`.
   */
  tick(now: number, monotonic = now): Effect[] {
    const turn = this.turn(now);
    const { effects } = turn;
    for (const { member, membership, absent } of this.registry.absences.takeExpired(now)) {
      leaveRoom(turn, member, membership, absent.reason);
      this.registry.retireIfAbsent(member, now);
    }
    this.registry.forgetOldMembers(now);
    freeUnvisitedNames(turn);
    this.registry.passwordAttempts.forget(now);
    this.registry.invites.removeExpired(now, effects);
    this.registry.links.cancelExpired(now, this.registry.sessions, effects);
    endExpiredRestrictions(turn);
    continueBulkEnds(turn);
    endUnusedRooms(turn);
    endExpiredUploads(turn);
    endExpiredCalls(turn);
    endGreetings(turn, monotonic);
    tellAway(turn);
    for (const room of this.registry.rooms.values()) {
      const event = room.takePresence((id) => isMuted(this.registry, id, room.name));
      if (event !== undefined) effects.push({ type: "publish", room: room.name, event });
    }
    return effects;
  }

  census(): Census {
    const { rooms, sessions } = this.registry;
    let members = 0;
    // The first session of a member stands for all of them.
    for (const session of sessions.values()) if (session.member?.sessions[0] === session) members++;
    return { rooms: rooms.size, members };
  }
}

/** Reports a secret that was refused, for the log. */
function reportRefusal({ effects }: Turn, { id, address }: Session, { guessed, code }: SecretRefused): void {
  if (guessed === undefined) return;
  const from = address === undefined ? undefined : formatNetwork(address);
  effects.push({ type: "wrongPassword", session: id, from, kind: guessed, answer: code });
}
