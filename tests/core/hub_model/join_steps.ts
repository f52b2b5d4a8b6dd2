/** Steps into rooms: arrivals, returns, logins, and joins with the password of a lock. */

import { assert, assertEquals } from "@std/assert";
import { DEFAULT_ROOM } from "../../../src/protocol/conventions.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { dropAwayText } from "./away_steps.ts";
import { MAX_TOKENS_PER_ACCOUNT } from "../../../src/protocol/limits.ts";
import { isLockedOut, type ModelDevice, type ModelMember, type ModelSession } from "./model_members.ts";
import { lockPassword, type ModerationContext } from "./moderation_steps.ts";
import type { ArrivalStep, KeyStep } from "./step.ts";
import type { DeviceSteps } from "./device_steps.ts";
import type { ClientView } from "./client_view.ts";

/** Password of the locks that can be opened by one. */
const LOCK_PASSWORD = lockPassword("tea");

/** The part of the model that these steps use. */
export interface JoinContext extends ModerationContext {
  connect(): number;
  readonly devices: Pick<DeviceSteps, "newcomer" | "waitingAs">;
  viewOf(session: number): ClientView;
  expect(session: number, command: object, type: ServerEvent["type"]): void;
}

export class JoinSteps {
  readonly #model: JoinContext;

  constructor(model: JoinContext) {
    this.#model = model;
  }

  arrive(step: ArrivalStep): void {
    const { members, restrictions, stage } = this.#model;
    const { name, room } = step;
    if (room === "") return;
    const { session, device } = step.do === "arriveKeyed"
      ? this.#model.devices.newcomer()
      : { session: this.#model.connect() };
    const invite = step.do === "arriveBy" ? restrictions.invites[step.nth] : undefined;
    const open = invite !== undefined && invite.used < invite.uses && (invite.room === "" || invite.room === room);
    const command = { type: "join", name, room, password: invite?.secret, key: device?.key };
    const isLocked = invite !== undefined && members.isLocked(stage.now);
    const isAdmitted = restrictions.admits(undefined, room, false, open);
    const isWrong = invite !== undefined && !isAdmitted && restrictions.admits(undefined, room, false, true);
    if (isWrong && !isLocked) members.guesses.push(stage.now);
    const isRight = !isLocked && isAdmitted && members.isFree(name, undefined);
    if (!isRight) return this.#model.expect(session, command, "error");
    const isLockedRoom = restrictions.isLocked(room);
    const isNew = !this.#model.exists(room);
    const joined = this.#model.ask(session, command);
    assert(joined?.type === "joined", JSON.stringify(joined));
    const { id, token } = joined.you;
    assertEquals(token === undefined, device !== undefined);
    members.add(id, name, device ?? token!, session, room);
    if (isNew) restrictions.createRoom(room, id);
    if (!isLockedRoom || invite === undefined) return;
    invite.used++;
    restrictions.passLock(room, id);
    // Only the lock asked for the invite, so the member may join other rooms as well.
    if (invite.room !== "") restrictions.add("allow", room, id, false);
  }

  invite(room: string, uses: number): void {
    const { owner, restrictions } = this.#model;
    const answer = this.#model.ask(owner, { type: "invite", uses, ...room === "" ? {} : { room } });
    assert(answer?.type === "invite", JSON.stringify(answer));
    restrictions.invites.push({ secret: answer.secret, room, uses, used: 0 });
  }

  /** Joins another room, or the same one again; with the lock's password if `withKey`. */
  join(member: ModelMember, own: ModelSession, room: string, withKey: boolean): void {
    const session = own.id;
    const { restrictions, members, stage } = this.#model;
    const password = withKey ? LOCK_PASSWORD : undefined;
    const open = withKey && restrictions.opensLock(room, LOCK_PASSWORD);
    const isMember = member.rooms.has(room);
    const wasRefused = !restrictions.admits(member.id, room, isMember, false);
    const isLocked = withKey && wasRefused && members.isLocked(stage.now);
    const isRight = !isLocked && restrictions.admits(member.id, room, isMember, open);
    const command = { type: "join", room, password };
    if (!this.#mayUseName(member, member.name, room)) return this.#model.expect(session, command, "error");
    if (isRight) {
      this.#enterRoom(member, room);
      own.rooms.add(room);
      if (wasRefused) restrictions.passLock(room, member.id);
      return this.#model.expect(session, command, "joined");
    }
    this.#model.expect(session, command, "error");
    if (isLocked || !withKey || !restrictions.admits(member.id, room, isMember, true)) return;
    // A wrong password; it may be the last one allowed for this connection, or for all of them.
    own.wrongPasswords.push(stage.now);
    members.guesses.push(stage.now);
    if (isLockedOut(own.wrongPasswords, stage.now) || members.isLocked(stage.now)) members.end(member, own);
  }

  /** Returns by token, or else by the first key, under the last name. */
  returnByToken(member: ModelMember, room: string): void {
    const { token, devices: [first] } = member;
    if (token !== undefined) return this.#return(member, room, { token }, this.#model.connect());
    if (first !== undefined) this.#return(member, room, { key: first.device.key }, this.#model.connect());
  }

  /** Returns by one of the keys that a member has ever had. One that was revoked is unknown, or another member's by now. */
  returnByKey({ who, room, nth }: KeyStep): void {
    const keyed = this.#model.members.all.filter(({ everHad }) => everHad.length > 0);
    const had = keyed[who % keyed.length]?.everHad;
    const device = had?.[nth % had.length];
    if (device === undefined) return;
    const { key } = device;
    const session = this.#model.devices.waitingAs(device) ?? this.#model.connect();
    const member = this.#model.members.holder(key);
    if (member !== undefined) return this.#return(member, room, { key }, session);
    this.#model.expect(session, { type: "join", key, room }, "error");
  }

  #return(member: ModelMember, room: string, by: { token: string } | { key: string }, session: number): void {
    const { members, restrictions } = this.#model;
    const isRight = restrictions.admits(member.id, room, member.rooms.has(room), false) &&
      this.#mayUseName(member, member.name, room) && (members.isPresent(member) || members.isFree(member.name, member));
    const command = { type: "join", ...by, name: member.name, room };
    if (!isRight) return this.#model.expect(session, command, "error");
    this.#model.expect(session, command, "joined");
    this.#attach(member, session, room, "key" in by ? by.key : by.token);
    members.own(member, "key" in by ? by.key : undefined);
    this.#checkReturn(member, session);
  }

  /** Logs in by account name and password; a muted member gets the name under which they were muted. */
  logIn(member: ModelMember, room: string): void {
    // One more than the limit would end another token.
    if (member.account === undefined || member.credentials >= MAX_TOKENS_PER_ACCOUNT) return;
    const { restrictions, members, stage } = this.#model;
    const session = this.#model.connect();
    const [name = member.account] = restrictions.heldNames(member.id, [room, ...member.rooms.keys()]);
    const command = { type: "join", name: member.account, password: passwordOf(member), room };
    const isRight = !members.isLocked(stage.now) &&
      restrictions.admits(member.id, room, member.rooms.has(room), false) &&
      this.#mayUseName(member, name, room) && members.isFree(name, member);
    if (!isRight) return this.#model.expect(session, command, "error");
    member.name = name;
    const joined = this.#model.ask(session, command);
    assert(joined?.type === "joined", JSON.stringify(joined));
    assertEquals(joined.you.name, name);
    member.token = joined.you.token!;
    member.credentials++;
    this.#attach(member, session, room, member.token);
    this.#checkReturn(member, session);
  }

  /** A stranger guesses the account's password; after too many guesses none is compared. */
  guess(member: ModelMember): void {
    if (member.account === undefined) return;
    const { members, stage } = this.#model;
    const session = this.#model.connect();
    const answer = this.#model.ask(session, { type: "auth", name: member.account, password: "letmein!" });
    assert(answer?.type === "error");
    const isLate = members.isLocked(stage.now);
    assertEquals(answer.code, isLate ? "rate_limited" : "wrong_password");
    if (!isLate) members.guesses.push(stage.now);
  }

  /** Registers the present name. Sessions end that have another token, or a key that no list of devices names. */
  register(member: ModelMember, { id, credential }: ModelSession): void {
    const { members, stage } = this.#model;
    const isLocked = members.isLocked(stage.now);
    const command = { type: "register", password: passwordOf(member) };
    this.#model.expect(id, command, isLocked ? "error" : "registered");
    if (isLocked) return;
    member.account = member.name;
    delete member.owned;
    const isOwn = ({ device }: ModelDevice) => device.key === credential;
    if (member.statements === undefined) member.devices = member.devices.filter(isOwn);
    const own = members.deviceOf(member, credential);
    member.token = own === undefined ? credential : undefined;
    member.credentials = member.devices.length + (own === undefined ? 1 : 0);
    for (const session of [...member.sessions]) {
      const isValid = session.credential === credential || members.deviceOf(member, session.credential) !== undefined;
      if (!isValid) members.end(member, session);
    }
  }

  /** Whether the name is allowed there: a muted member keeps their name, and creates no room if muted everywhere. */
  #mayUseName({ id, rooms }: ModelMember, name: string, room: string): boolean {
    const { restrictions } = this.#model;
    if (restrictions.has("mute", "", id) && room !== DEFAULT_ROOM && !this.#model.exists(room)) return false;
    return restrictions.heldNames(id, [room, ...rooms.keys()]).every((held) => held === name);
  }

  #attach(member: ModelMember, session: number, room: string, credential: string): void {
    this.#enterRoom(member, room);
    this.#model.members.attach(member, session, room, credential);
  }

  #enterRoom(member: ModelMember, room: string): void {
    if (!this.#model.exists(room)) this.#model.restrictions.createRoom(room, member.id);
    const { restrictions, stage } = this.#model;
    if (!member.rooms.has(room) && restrictions.isMuted(member.id, room)) dropAwayText(member, stage.now);
    member.rooms.set(room, {});
  }

  #checkReturn(member: ModelMember, session: number): void {
    assertEquals(this.#model.viewOf(session).id, member.id);
  }
}

function passwordOf({ id }: ModelMember): string {
  return `password of ${id}`;
}
