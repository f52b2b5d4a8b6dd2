/** A hub on a clock that the test controls, with the connections to it. */

import { assert } from "@std/assert";
import type { Effect, Hashed, SessionId } from "../../src/core/effect.ts";
import { Hub, type HubOptions } from "../../src/core/hub.ts";
import { type HistoryReader, NOTHING_KNOWN } from "../../src/core/hub_options.ts";
import type { MergedPage } from "../../src/core/commands/merge/mod.ts";
import type { HubOp } from "../../src/core/hub_op.ts";
import type { Opening } from "../../src/core/state/members/session.ts";
import {
  type ClientCommand,
  type Entry,
  isOfRoom,
  type LeaveReason,
  type MemberInfo,
  type MessageFile,
  type Restriction,
  type RoomEntry,
  type ServerEvent,
} from "../../src/protocol/messages/messages.ts";
import { COMMANDS_BURST, COMMANDS_PER_SECOND, PINGS_BURST, PINGS_PER_SECOND } from "../../src/protocol/limits.ts";
import { parseCommand } from "../../src/protocol/messages/validate.ts";
import { DAY_SECONDS, TokenBucket } from "../../src/core/state/token_bucket.ts";
import { isLocal, LocalCommands, type LocalSender } from "../../src/server/turn/local_commands.ts";
import { accessOptions, type AccessSecrets, SecretKeeper } from "../../src/server/turn/secret_keeper.ts";
import { HubStore } from "./hub_store.ts";
import { SecretHub } from "./secret_hub.ts";

export const START = Date.parse("2026-01-02T03:04:05.678Z");

export type Of<K extends ServerEvent["type"]> = Extract<ServerEvent, { type: K }>;

export interface StageOptions extends Partial<Omit<HubOptions, "access">> {
  readonly access?: AccessSecrets;
  /** Bytes of all files in the store, 0 by default. */
  readonly usedBytes?: () => number;
  /** Returns the digest of a secret; by default a text that tests can read. */
  readonly digest?: (secret: string) => string;
  /** Makes the hub, and a new one at each restart. `secrets` are all secrets so far. */
  readonly newHub?: (options: HubOptions, secrets: ReadonlySet<string>) => Hub;
}

/** Performs effects as the server does, and collects the events sent to each session. */
export class Stage {
  now = START;
  /** Effects of the last call. */
  effects: readonly Effect[] = [];
  readonly store = new HubStore();
  readonly closed = new Map<SessionId, string>();
  /** The streams of the members in calls, by the ids of the call and the member. */
  readonly seats = new Map<string, number>();
  /** The hashes of dropped blobs, and the ids of dropped uploads. */
  readonly dropped: string[] = [];
  /** Passwords waiting to be hashed. */
  readonly hashes: Extract<Effect, { type: "hash" }>[] = [];
  /** Refused secrets as they are logged: kind and answer. */
  readonly wrongPasswords: string[] = [];
  /** Commands sent during a password check of their connection, in order. */
  readonly #parked: { readonly session: SessionId; readonly command: ClientCommand }[] = [];
  readonly #inboxes = new Map<SessionId, ServerEvent[]>();
  readonly #subscribers = new Map<string, Set<SessionId>>();
  readonly #options: HubOptions;
  readonly #access: AccessSecrets | undefined;
  readonly #usedBytes: () => number;
  readonly #newHub: NonNullable<StageOptions["newHub"]>;
  /** All secrets that were drawn or sent. */
  readonly #known = new Set<string>();
  readonly #digest: (secret: string) => string;
  #hub: Hub;
  #secrets: SecretHub;
  #local: LocalCommands;
  readonly #senders = new Map<SessionId, LocalSender>();
  #tokens = 0;
  #starts = 0;
  #sessions = 0;

  constructor({ access, digest, newHub, usedBytes, ...options }: StageOptions = {}) {
    this.#access = access;
    this.#usedBytes = usedBytes ?? (() => 0);
    this.#digest = digest ?? ((secret) => `digest of ${secret}`);
    this.#newHub = newHub ?? ((options) => new Hub(options));
    this.#options = {
      server: { id: "s-1", name: "test", version: "0" },
      rate: undefined,
      seed: seedOf(0),
      access: access && accessOptions(access),
      ...options,
    };
    // The store is empty at the start, and later reads find only the entries of this run.
    const { store } = this;
    const historyReader: HistoryReader = {
      ...NOTHING_KNOWN,
      read: (page) => store.read(page),
      entries: (page) => store.entries(page),
      seqOf: (...args) => store.seqOf(...args),
      hasReacted: (...args) => store.hasReacted(...args),
      files: store.files,
    };
    this.#hub = this.#newHub({ historyReader, ...this.#options }, this.#known);
    this.#secrets = this.#newSecretHub();
    this.#local = new LocalCommands(this.#hub);
  }

  #newSecretHub(): SecretHub {
    const source = {
      chat: "s-1",
      newToken: () => this.#note(`token-${++this.#tokens}`),
      newWords: () => this.#note(`these-are-${inLetters(++this.#tokens)}`),
      newSalt: () => `salt-${++this.#tokens}`,
      digest: this.#digest,
      usedBytes: (memberId: string) => ({
        all: this.#usedBytes(),
        ofMember: this.store.bytesOf(memberId, this.now - 1_000 * DAY_SECONDS),
      }),
    };
    return new SecretHub(this.#hub, new SecretKeeper(this.#hub, source, this.#access));
  }

  get hub(): Hub {
    return this.#hub;
  }

  get stored(): readonly RoomEntry[] {
    return this.store.stored;
  }

  /** The id of the entry with this seq. */
  idAt(seq: number, room = "lobby"): string {
    return this.stored.find((entry) => entry.room === room && entry.seq === seq)!.id;
  }

  /** The process and all connections end, and a new hub starts from the store. */
  restart(): void {
    this.#subscribers.clear();
    this.#parked.length = 0;
    this.seats.clear();
    for (const session of this.#inboxes.keys()) if (!this.closed.has(session)) this.closed.set(session, "died");
    const { rooms, records } = this.store;
    this.#hub = this.#newHub({
      ...this.#options,
      seed: seedOf(++this.#starts),
      rooms,
      records,
      historyReader: this.store,
    }, this.#known);
    this.#secrets = this.#newSecretHub();
    this.#local = new LocalCommands(this.#hub);
  }

  /** Opens a connection and drops its welcome. */
  connect(resumable = true, opening: Partial<Opening> = {}): SessionId {
    const session = ++this.#sessions;
    this.#inboxes.set(session, []);
    this.#senders.set(session, this.#newSender(session));
    this.#perform(this.hub.open(session, { resumable, ...opening }, this.now));
    this.seen(session);
    return session;
  }

  /** The rates of a connection, as a peer of the server has them. */
  #newSender(id: SessionId): LocalSender {
    const pings = new TokenBucket({ perSecond: PINGS_PER_SECOND, burst: PINGS_BURST }, this.now);
    const typings = new TokenBucket({ perSecond: COMMANDS_PER_SECOND, burst: COMMANDS_BURST }, this.now);
    const rates = { takePing: () => pings.take(this.now), takeTyping: () => typings.take(this.now) };
    return { id, ...rates, nonce: undefined, tls: undefined, askForProof: () => true };
  }

  /** Opens a connection and joins a room. */
  join(name: string, room = "lobby", more: object = {}, resumable = true): SessionId {
    const session = this.connect(resumable);
    this.say(session, { type: "join", name, room, ...more });
    return session;
  }

  /** Sends a command of this connection, validated like a line. It waits for a password check, as it does in the server. */
  say(session: SessionId, command: object): readonly Effect[] {
    const parsed = parseCommand(command);
    for (const field of ["token", "password", "code"]) this.#note(Reflect.get(parsed, field));
    return this.#handle(session, parsed);
  }

  /** Notes a secret, and returns it. */
  #note<T extends string | undefined>(secret: T): T {
    if (secret) this.#known.add(secret);
    return secret;
  }

  #handle(session: SessionId, command: ClientCommand): readonly Effect[] {
    if (this.hub.isWaiting(session)) {
      this.#parked.push({ session, command });
      return [];
    }
    const answer = isLocal(command)
      ? this.#local.answer(this.#senders.get(session)!, command, this.now)
      : this.#secrets.handle(session, command, this.now);
    return this.#perform(answer);
  }

  /** Hashes the first waiting password, to a text that the test can read. */
  hash(): readonly Effect[] {
    const { ticket, against } = this.hashes.shift()!;
    const hash = `hash of ${this.#digest(this.#secrets.passwordOf(ticket))}`;
    return this.#continue(ticket, against === undefined ? { hash } : { matches: against === hash });
  }

  /** Refuses to hash the first waiting password, because too many wait. */
  refuseHash(): readonly Effect[] {
    return this.#continue(this.hashes.shift()!.ticket, { busy: true });
  }

  /** Continues the command that waited for the hash, and then the commands that its connection sent meanwhile. */
  #continue(ticket: number, hashed: Hashed): readonly Effect[] {
    const effects = [...this.#perform(this.#secrets.hashed(ticket, hashed, this.now))];
    for (const { session, command } of this.#parked.splice(0)) effects.push(...this.#handle(session, command));
    return this.effects = effects;
  }

  /** The server has the bytes of a slot. */
  uploaded(id: string, found: Pick<MessageFile, "sha256" | "media">): readonly Effect[] {
    return this.#perform(this.hub.uploaded(id, found, this.now));
  }

  /** The member wants the slot no more. `hasBytes`: some of the file have arrived. */
  cancelUpload(id: string, hasBytes: boolean): readonly Effect[] {
    return this.#perform(this.hub.cancelUpload(id, hasBytes, this.now));
  }

  /** Brings in entries of another order, as they come from JSON. */
  merge(page: MergedPage): readonly Effect[] {
    const op = JSON.parse(JSON.stringify({ op: "merge", page })) as HubOp;
    return this.#perform(this.hub.apply(op, this.now));
  }

  /** The id of the first member who had this name. */
  idOf(name: string): string {
    return this.store.members.find((member) => member.name === name)!.id;
  }

  /** Closes the connection. */
  drop(session: SessionId, reason: LeaveReason = "closed"): void {
    this.#perform(this.hub.close(session, reason, this.now));
  }

  /** Advances the clock by `ms` and ticks the hub. */
  pass(ms: number): void {
    this.now += ms;
    this.#perform(this.hub.tick(this.now));
  }

  /** Returns the events sent to the session since the last call. */
  events(session: SessionId): ServerEvent[] {
    return this.#inboxes.get(session)!.splice(0);
  }

  /** Like `events`, each as a short text. */
  seen(session: SessionId): string[] {
    return this.events(session).map(brief);
  }

  /** Drops the events that these sessions, or all, have received so far. */
  forget(...sessions: SessionId[]): void {
    for (const session of sessions.length === 0 ? this.#inboxes.keys() : sessions) this.events(session);
  }

  #perform(effects: readonly Effect[]): readonly Effect[] {
    this.effects = effects;
    for (const effect of effects) this.store.keep(effect);
    for (const effect of effects) this.#performOne(effect);
    return effects;
  }

  #performOne(effect: Effect): void {
    switch (effect.type) {
      case "send":
        return this.#deliver([effect.session], effect.event);
      case "broadcast":
      case "signal":
        return this.#deliver(effect.sessions, effect.event);
      case "publish":
        return this.#publish(effect);
      case "enter":
        return void this.#subscribersOf(effect.room).add(effect.session);
      case "exit":
        return void this.#subscribersOf(effect.room).delete(effect.session);
      case "append":
      case "keepConversation":
      case "keepBlock":
      case "keepMark":
      case "keepRoom":
      case "removeRoom":
      case "keepMember":
      case "keepRecord":
      case "audit":
        return;
      case "wrongPassword":
        return void this.wrongPasswords.push(`${effect.kind} ${effect.answer}`);
      case "auditPage":
        return this.#showAudit(effect);
      case "hash":
        return void this.hashes.push(effect);
      case "dropUpload":
        return void this.dropped.push(effect.sha256 ?? effect.id);
      case "grant":
        return this.#deliver([effect.session], {
          ...{ type: "url", ref: effect.ref, id: effect.fileId, path: `/files/${effect.fileId}/${effect.memberId}` },
          until: new Date(effect.until).toISOString(),
        });
      case "admit": {
        const { session, call, memberId, stream, ref } = effect;
        this.seats.set(`${call} ${memberId}`, stream);
        return this.#deliver([session], { type: "media", ref, call, stream, token: `to ${call}` });
      }
      case "dismiss":
        assert(this.seats.delete(`${effect.call} ${effect.memberId}`), "Dismissed without being in the call");
        return;
      case "replay":
        return this.#replay(effect);
      case "page":
      case "conversations":
      case "search":
        return;
      case "close":
        this.closed.set(effect.session, effect.reason);
        return this.#deliver([effect.session], { type: "goodbye", reason: effect.reason });
      default:
        return effect satisfies never;
    }
  }

  #publish({ room, event }: Extract<Effect, { type: "publish" }>): void {
    const stored = (message: object) =>
      this.effects.some((effect) => effect.type === "append" && effect.message === message);
    assert(event.type !== "message" || stored(event), "Published without being stored");
    this.#deliver(this.#subscribersOf(room), event);
  }

  #replay({ session, joined, after }: Extract<Effect, { type: "replay" }>): void {
    const missed = this.stored.filter(({ room, seq }) => room === joined.room.name && seq > after && seq <= joined.seq);
    this.#deliver([session], { ...joined, missed: missed.length });
    for (const message of missed) this.#deliver([session], message);
  }

  #showAudit(
    { session, ref, room, before = Infinity, limit, addresses }: Extract<Effect, { type: "auditPage" }>,
  ): void {
    const found = this.store.audit.filter((entry) => entry.nth < before && (room === undefined || entry.room === room));
    const entries = found.slice(-limit).reverse().map(({ address, ...entry }) =>
      addresses ? { ...entry, address } : entry
    );
    this.#deliver([session], { type: "audit", ref, room, entries, more: found.length > limit });
  }

  #deliver(sessions: Iterable<SessionId>, event: ServerEvent): void {
    // As on the wire: undefined fields are absent.
    const sent: ServerEvent = JSON.parse(JSON.stringify(event));
    for (const session of sessions) {
      assert(this.closed.get(session) === undefined || event.type === "goodbye", "Sent to a closed session");
      this.#inboxes.get(session)!.push(sent);
    }
  }

  #subscribersOf(room: string): Set<SessionId> {
    let subscribers = this.#subscribers.get(room);
    if (subscribers === undefined) this.#subscribers.set(room, subscribers = new Set());
    return subscribers;
  }
}

/** The seed of the ids after that many restarts. */
function seedOf(restarts: number): string {
  return restarts.toString(16).padStart(64, "0");
}

/** Writes a number as a word of letters. */
export function inLetters(number: number): string {
  return String(number).padStart(4, "0").replace(/\d/g, (digit) => "abcdefghij"[Number(digit)]!);
}

/** Returns an event as the short text that tests compare. */
export function brief(event: ServerEvent): string {
  const ref = "ref" in event && event.ref !== undefined && event.type !== "ack" ? ` <${event.ref}>` : "";
  return detail(event) + ref;
}

function detail(event: ServerEvent): string {
  switch (event.type) {
    case "joined":
      return `joined ${event.room.name} as ${event.you.name} with ${event.count}, seq ${event.seq}`;
    case "join":
      return `+${event.member.name} ${event.room}`;
    case "leave":
      return `-${event.member.name} ${event.room} ${event.reason}`;
    case "presence":
      return `presence ${event.room} ${event.count} +${event.joined.length} -${event.left.length}`;
    case "message":
      return `${briefPlace(event)} ${event.seq} ${event.from.name}: ${event.text}${
        "waiting" in event && event.waiting ? ", waiting" : ""
      }`;
    case "edited":
      return `${briefPlace(event)} ${event.seq} ${event.from.name} changed ${event.of.seq}: ${event.text}`;
    case "deleted":
      return `${briefPlace(event)} ${event.seq} ${event.from.name} deleted ${event.of.seq} of ${event.of.from?.name}`;
    case "reacted":
      return `${briefPlace(event)} ${event.seq} ${event.from.name} ${
        event.removed ? "-" : "+"
      }${event.emoji} ${event.of.seq} =${event.count}`;
    case "mark":
      return `mark ${event.room ?? `@${event.with?.name}`} ${event.seq}`;
    case "conversations":
      return `conversations ${event.conversations.map(({ with: { name }, unread }) => `${name}=${unread}`).join(" ")}`;
    case "ack":
      return `ack ${event.ref} ${event.seq}${event.waiting ? ", waiting" : ""}`;
    case "rename":
      return `${event.was} is ${event.member.name}`;
    case "away": {
      const { name, away } = event.member;
      return `${name} ${
        away === undefined ? "is back" : away.idle ? "is idle" : `is away${away.text ? `: ${away.text}` : ""}`
      }`;
    }
    case "direct":
      return `${event.from.name} ${event.step} ${event.name ?? event.text ?? ""}`.trim();
    case "call":
      return briefCall(event);
    case "media":
      return event.ended ? "media over" : `media ${event.stream}`;
    case "typing":
      return `${event.member.name} types ${event.room === undefined ? "to you" : `in ${event.room}`}`;
    case "topic":
      return `topic ${event.room}: ${event.text} by ${event.by.name}`;
    case "members":
      return `members ${event.room} ${event.count}: ${event.members.map(({ name }) => name).join(" ")}`;
    case "rooms":
      return `rooms ${event.count}: ${event.rooms.map(({ name, count }) => `${name}=${count}`).join(" ")}`;
    case "whois":
      return `whois ${event.member.name}${event.absent ? " absent" : ""}, role ${event.member.role ?? "none"}: ${
        event.rooms.map(({ room, role }) => `${role === undefined ? "" : "@"}${room}`).join(" ")
      }`;
    case "error":
      return event.suggestion === undefined ? `! ${event.code}` : `! ${event.code}, ${event.suggestion} is free`;
    case "goodbye":
      return `goodbye ${event.reason}`;
    case "authenticated":
      return `authenticated as ${event.role}${event.name === undefined ? "" : ` ${event.name}`}`;
    case "registered":
      return `registered ${event.name}`;
    case "sessions":
      return `sessions ${event.sessions.map(({ id, current }) => id + (current ? "*" : "")).join(" ")}`;
    case "revoked":
      return `revoked ${event.session ?? event.invite}`;
    case "invite":
      return `invite ${event.id} to ${event.room ?? "all"} until ${event.expires}`;
    case "invites":
      return `invites ${event.invites.map(({ id, used }) => `${id}=${used}`).join(" ")}`;
    case "restriction":
      return `${event.off ? "off" : "restriction"} ${briefRestriction(event.restriction)} by ${event.by.name}`;
    case "restrictions":
      return `restrictions ${event.count}: ${
        [...event.restrictions.map(briefRestriction), ...event.moderators.map(briefRole)].join(", ")
      }`;
    case "role":
      return `${event.off ? "off" : "role"} ${briefRole(event)} by ${event.by.name}`;
    case "notice":
      return `notice ${event.room ?? "all"}: ${event.text}`;
    case "audit":
      return `audit ${event.entries.map(({ action, target }) => `${action} ${target?.name ?? ""}`.trim()).join(", ")}`;
    case "devices":
      return `devices ${event.statements}: ${
        event.devices.map(({ key, kind, current }) => `${key.slice(0, 4)} ${kind}${current ? " (this)" : ""}`).join(
          ", ",
        )
      }`;
    case "link":
      return `link ${event.step}${event.accepted === undefined ? "" : event.accepted ? " yes" : " no"}`;
    case "slot":
      return `slot ${event.id} at ${event.path} until ${event.until}`;
    case "url":
      return `url ${event.path} until ${event.until}`;
    case "welcome":
    case "servers":
    case "hosting":
    case "hosts":
    case "renumbered":
    case "history":
    case "search":
    case "ping":
    case "pong":
      return event.type;
    default:
      return event satisfies never;
  }
}

function briefCall({ room, with: partner, member, did, members, ended }: Of<"call">): string {
  const there = members.map(({ name, state, stream }) => state === "in" ? `${name}=${stream}` : `${name}?`);
  const change = did === undefined ? "" : `, ${member!.name} ${did}`;
  return `call ${room ?? `@${partner!.name}`}: ${there.join(" ")}${change}${ended ? ", ended" : ""}`;
}

/** The room, or the name of the other member of the conversation. */
function briefPlace(entry: Entry): string {
  return isOfRoom(entry) ? entry.room : `@${entry.with.name}`;
}

function briefRole({ room, member }: { readonly room?: string; readonly member: MemberInfo }): string {
  return ["moderator", member.name, room].filter((part) => part !== undefined).join(" ");
}

function briefRestriction({ kind, room, member, address }: Restriction): string {
  return [kind, member?.name, address, room].filter((part) => part !== undefined).join(" ");
}
