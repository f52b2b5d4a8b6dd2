/** Random steps of a few members, taken by the hub and by a simple model of rooms and members, which must agree. */

import { assert, assertEquals } from "@std/assert";
import { GRACE_MS, TYPING_INTERVAL_MS } from "../../../src/protocol/limits.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { UuidSource } from "../../../src/protocol/uuid.ts";
import { applyAwayStep, awayState } from "./away_steps.ts";
import { TestDevice } from "../test_device.ts";
import { CallSteps } from "./call_steps.ts";
import { ChangeSteps } from "./change_steps.ts";
import { DeviceSteps } from "./device_steps.ts";
import { JoinSteps } from "./join_steps.ts";
import { RestrictionModel } from "./restriction_model.ts";
import { type ChosenFile, FileSteps, MODEL_FILES } from "./file_steps.ts";
import { applyModerationStep, applyRoomStep, checkRestrictions } from "./moderation_steps.ts";
import { type ModelMember, ModelMembers, type ModelSession } from "./model_members.ts";
import { type MemberStep, ROOMS, type Step } from "./step.ts";
import { ClientView } from "./client_view.ts";
import { ConversationSteps } from "./conversation_steps.ts";
import { Stage, type StageOptions } from "../stage.ts";

interface Posting {
  /** Sends the message again. */
  readonly twice: boolean;
  readonly chosen?: ChosenFile;
}

export class HubModel {
  readonly stage: Stage;
  readonly members = new ModelMembers(() => this.stage.now);
  readonly restrictions = new RestrictionModel();
  readonly #joinSteps = new JoinSteps(this);
  readonly messages = new ChangeSteps(this);
  readonly #fileSteps = new FileSteps(this);
  readonly conversations = new ConversationSteps(this);
  readonly #callSteps = new CallSteps(this);
  readonly devices = new DeviceSteps(this);
  readonly #topics = new Map<string, string>();
  readonly #views = new Map<number, ClientView>();
  /** Rooms that existed after the last step. */
  readonly #existing = new Set<string>();
  /** Rooms from before a restart that end when the grace is over, unless a member returns. */
  readonly #deserted = new Set<string>();
  /** Time of the first tick after the last restart. */
  #started: number | undefined;
  #refs = 0;
  #acts = 0;
  #keys = 0;
  /** Ids without randomness, so that a run can be repeated. */
  readonly #ids = new UuidSource({ fill: (bytes) => bytes.fill(0) });
  readonly #owners: number[];

  constructor(options: StageOptions = {}) {
    this.stage = new Stage({ files: MODEL_FILES, ...options });
    this.#owners = [this.connect(true), this.connect(true)];
  }

  /** A short class of the final state, by which the fuzzer tells runs apart. */
  get outcome(): string {
    const crowd = this.members.all.length > 3 ? "many" : this.members.all.length;
    const devices = Math.max(0, ...this.members.all.map(({ devices }) => devices.length));
    const kinds = new Set(this.restrictions.list.map((restriction) => restriction.split(" ")[0]));
    kinds.delete("moderator");
    return `${crowd} members, ${
      ROOMS.every((room) => this.messages.count(room) === 0) ? "silence" : "talk"
    }, ${kinds.size} kinds of restriction, ${devices > 2 ? "many" : devices} devices`;
  }

  apply(step: Step): void {
    this.wait(100);
    switch (step.do) {
      case "arrive":
      case "arriveKeyed":
      case "arriveBy":
        return this.#joinSteps.arrive(step);
      case "wait":
        return this.wait(step.ms);
      case "restart":
        return this.#restart();
      case "invite":
        return this.#joinSteps.invite(step.room, step.uses);
      case "kick":
      case "ban":
      case "mute":
      case "allow":
      case "appoint":
      case "dismiss":
        return applyModerationStep(this, step);
      case "lock":
      case "unlock":
      case "remove":
      case "slow":
      case "lockdown":
        return applyRoomStep(this, step);
      case "offer":
      case "answer":
      case "devices":
      case "revoke":
        return this.devices.apply(step);
      case "comeBack":
        return step.room === "" ? undefined : this.#joinSteps.returnByKey(step);
      case "claim":
        return this.devices.claim(step.nth, step.how);
      case "hangUp":
        return this.devices.hangUp(step.nth);
      case "upload":
        return this.#fileSteps.upload(step.nth);
      case "cancelUpload":
        return this.#fileSteps.cancel(step.nth);
      default:
        return this.#applyMemberStep(step);
    }
  }

  #applyMemberStep(step: MemberStep): void {
    const member = this.members.all[step.who];
    if (member === undefined || ("room" in step && step.room === "")) return;
    if (step.do === "return") return this.#joinSteps.returnByToken(member, step.room);
    if (step.do === "login") return this.#joinSteps.logIn(member, step.room);
    if (step.do === "guess") return this.#joinSteps.guess(member);
    // The member's devices take turns.
    const device = member.sessions[++this.#acts % member.sessions.length];
    if (device !== undefined) this.#act(member, device, step);
  }

  #act(member: ModelMember, device: ModelSession, step: MemberStep): void {
    const session = device.id;
    switch (step.do) {
      case "join":
      case "enter":
        return this.#joinSteps.join(member, device, step.room, step.do === "enter");
      case "register":
        return this.#joinSteps.register(member, device);
      case "leave": {
        const inside = member.rooms.has(step.room);
        if (inside) this.members.leaveRoom(member, step.room);
        return this.expect(session, { type: "leave", room: step.room }, inside ? "leave" : "error");
      }
      case "type":
        return this.#type(member, device, step.room);
      case "post":
      case "repeat":
        return this.#post(member, device, step.room, { twice: step.do === "repeat" });
      case "edit":
      case "unsay":
      case "react":
        return this.messages.apply(member, session, step, device.rooms.has(step.room));
      case "slot":
        return this.#fileSteps.offer(member, device, step.room, step.nth);
      case "postFile": {
        const chosen = this.#fileSteps.choose(member, step.nth);
        return chosen && this.#post(member, device, step.room, { chosen, twice: step.nth % 2 === 0 });
      }
      case "fetch":
        return this.#fileSteps.fetch(member, session, step.nth);
      case "resend":
        return this.#resend(member, session);
      case "whisper":
        return this.conversations.whisper(member, session, step.name);
      case "mend":
      case "mark": {
        const partner = this.members.all[step.with];
        if (partner === undefined) return;
        if (step.do === "mend") return this.conversations.mend(member, session, partner, step.nth);
        return this.conversations.read(member, device, partner, step.nth);
      }
      case "topic": {
        const { room, text } = step;
        const may = device.rooms.has(room) &&
          this.restrictions.mayWrite(member.id, room, member.account !== undefined) &&
          this.restrictions.takeSlowModeTurn(member.id, room, this.stage.now);
        if (may) this.#keep(room, () => this.#topics.set(room, text));
        if (may && text !== "") this.restrictions.prepare(member.id, room, member.account !== undefined);
        return this.expect(session, { type: "topic", room, text }, may ? "topic" : "error");
      }
      case "away":
      case "back":
      case "idle":
      case "use":
        return applyAwayStep(this, member, device, step);
      case "call":
      case "ring":
      case "pickUp":
      case "decline":
      case "hangUpCall":
      case "block":
        return this.#callSteps.apply(member, device, step);
      case "look":
        return this.#checkLists(member, session, step.room);
      case "quit":
        this.members.end(member, device);
        this.stage.say(session, { type: "leave" });
        return assertEquals(this.receive(session).at(-1)?.type, "goodbye");
      case "drop":
        this.members.loseConnection(member, device, this.stage.now);
        return this.stage.drop(session);
      case "rename": {
        const isHeld = ["", ...member.rooms.keys()].some((room) => this.restrictions.isMuted(member.id, room));
        const isRight = !isHeld && this.members.isFree(step.name, member);
        if (isRight) member.name = step.name;
        if (isRight) this.members.own(member, device.credential);
        return this.expect(session, { type: "rename", name: step.name }, isRight ? "rename" : "error");
      }
    }
  }

  /** The process dies and a new hub starts: members must rejoin their rooms. */
  #restart(): void {
    this.stage.restart();
    this.members.restart();
    this.restrictions.restart();
    this.devices.restart();
    this.conversations.restart();
    for (const room of ROOMS) {
      if (this.restrictions.lastingRooms.has(room)) continue;
      if (this.restrictions.storedRooms.has(room)) this.#deserted.add(room);
      else if (this.#existing.delete(room)) this.restrictions.loseRoom(room);
    }
    this.#started = undefined;
  }

  removeRoom(room: string): void {
    for (const member of this.members.inRoom(room)) this.members.leaveRoom(member, room);
    this.restrictions.lastingRooms.delete(room);
    this.#deserted.delete(room);
    this.messages.forget(room);
  }

  /** Ends the rooms that have no members, no messages and no other reason to remain. */
  #endRooms(): void {
    for (const room of ROOMS) {
      if (this.members.inRoom(room).length > 0) this.#deserted.delete(room);
      if (this.exists(room)) this.#existing.add(room);
      else if (this.#existing.delete(room)) {
        this.restrictions.endRoom(room);
        this.#topics.delete(room);
      }
    }
  }

  #keep(room: string, change: () => unknown): void {
    change();
    this.restrictions.storedRooms.add(room);
  }

  #post(member: ModelMember, device: ModelSession, room: string, { twice, chosen }: Posting): void {
    const session = device.id;
    const label = { ref: this.newRef(), ...this.#refs % 2 === 1 && { id: this.newId() } };
    const message = { type: "message", room, text: "hi", ...chosen && { file: chosen.file }, ...label };
    const may = device.rooms.has(room) &&
      this.restrictions.mayWrite(member.id, room, member.account !== undefined) && chosen?.fits !== false &&
      this.restrictions.takeSlowModeTurn(member.id, room, this.stage.now);
    if (!may) return this.expect(session, message, "error");
    const state = this.messages.add(room, member.id, "hi")!;
    this.restrictions.storedRooms.add(room);
    if (chosen !== undefined) this.#fileSteps.sent(chosen.file, room, state);
    this.restrictions.lastingRooms.add(room);
    const ack = this.ask(session, message);
    assertEquals(ack?.type, "ack");
    member.last = { command: message, ack: ack! };
    if (twice) this.#resend(member, session);
    if (twice && message.id !== undefined) this.#repeat(session, message, ack!);
  }

  /** The others who follow the room are told that the member types, at most once in a while. */
  #type(member: ModelMember, { id, rooms }: ModelSession, room: string): void {
    this.stage.say(id, { type: "typing", room });
    const others = this.members.all.filter((other) => other !== member).flatMap(({ sessions }) => sessions)
      .filter((session) => session.rooms.has(room));
    const may = rooms.has(room) && others.length > 0 &&
      this.restrictions.mayWrite(member.id, room, member.account !== undefined) &&
      this.stage.now - member.typedAt >= TYPING_INTERVAL_MS;
    if (may) member.typedAt = this.stage.now;
    const told = this.stage.effects.flatMap((effect) => effect.type === "signal" ? effect.sessions : []);
    assertEquals(told.toSorted(), may ? others.map(({ id }) => id).toSorted() : [], `${member.name} in ${room}`);
  }

  /** Sends the message again under another `ref`: the hub recognises it by its id. */
  #repeat(session: number, message: object, ack: object): void {
    const ref = this.newRef();
    assertEquals(this.ask(session, { ...message, ref }), { ...ack, ref } as ServerEvent);
    assertEquals(this.stage.effects.length, 1);
  }

  /** Repeats the last acknowledged command: the hub gives the first answer again, without any other effect. */
  #resend({ last }: ModelMember, session: number): void {
    if (last === undefined) return;
    // The store does not keep whether the message had to wait.
    assertEquals({ ...this.ask(session, last.command)!, waiting: 0 }, { ...last.ack, waiting: 0 } as object);
    assertEquals(this.stage.effects.length, 1);
  }

  /** Asserts that the answers to members and rooms equal the model. */
  #checkLists(member: ModelMember, session: number, room: string): void {
    const answer = this.ask(session, { type: "members", room });
    const isHidden = (room: string) =>
      this.restrictions.isLocked(room) && !member.rooms.has(room) && this.restrictions.rank(member.id, room) === 0;
    const expected = isHidden(room) ? [] : this.members.inRoom(room).map(({ id, name, account, told }) => {
      return `${name}${this.restrictions.rank(id, room) > 0 ? " moderates" : ""}${
        account?.toLowerCase() === name.toLowerCase() ? " as ever" : ""
      } ${told}`;
    });
    const listed = answer?.type !== "members" ? [] : answer.members.map(({ name, role, account, away }) => {
      return `${name}${role === undefined ? "" : " moderates"}${account ? " as ever" : ""} ${awayState(away)}`;
    });
    assertEquals(listed.sort(), expected.sort(), room);
    // Two commands take twice as long, or there would be too many of them.
    this.wait(100);
    const rooms = this.ask(session, { type: "rooms" });
    assert(rooms?.type === "rooms");
    for (const { name, count, topic } of rooms.rooms) {
      const shown = isHidden(name) ? "" : this.#topics.get(name) ?? "";
      assertEquals([count, topic], [this.members.inRoom(name).length, shown], name);
    }
  }

  /** A connection of the owner, which is in no room. */
  get owner(): number {
    return this.#ownerSession(0);
  }

  /** A second connection of the owner for queries, so that they do not use up the first one's rate. */
  get watcher(): number {
    return this.#ownerSession(1);
  }

  /** Reconnects if needed: the hub closes connections that do not join in time. */
  #ownerSession(index: number): number {
    if (this.stage.closed.has(this.#owners[index]!)) this.#owners[index] = this.connect(true);
    return this.#owners[index]!;
  }

  /** An id that no message has yet. */
  newId(): string {
    return this.#ids.next(this.stage.now);
  }

  newDevice(): TestDevice {
    return TestDevice.numbered(++this.#keys);
  }

  /** A ref that no command has used yet. */
  newRef(): string {
    return `m${++this.#refs}`;
  }

  exists(room: string): boolean {
    return this.restrictions.lastingRooms.has(room) || this.#deserted.has(room) || this.members.inRoom(room).length > 0;
  }

  viewOf(session: number): ClientView {
    return this.#views.get(session)!;
  }

  connect(privileged = false): number {
    const session = this.stage.connect(true, { privileged });
    this.#views.set(session, new ClientView());
    return session;
  }

  wait(ms: number): void {
    const now = this.stage.now + ms;
    this.members.expireGraces(now);
    this.restrictions.expire(now);
    this.#started ??= now;
    if (now >= this.#started + GRACE_MS) this.#deserted.clear();
    this.#endRooms();
    this.members.tellAway(now);
    this.stage.pass(ms);
  }

  expect(session: number, command: object, type: ServerEvent["type"]): void {
    assertEquals(this.ask(session, command)?.type, type, JSON.stringify(command));
  }

  /** Sends a command and returns the event that answers it. Passwords are hashed at once. */
  ask(session: number, command: object): ServerEvent | undefined {
    const ref = "ref" in command ? command.ref : `r${++this.#refs}`;
    this.receive(session);
    this.stage.say(session, { ...command, ref });
    if (this.stage.hashes.length > 0) this.stage.hash();
    return this.receive(session).find((event) => "ref" in event && event.ref === ref);
  }

  receive(session: number): ServerEvent[] {
    const events = this.stage.events(session);
    const view = this.viewOf(session);
    for (const event of events) view.fold(event);
    return events;
  }

  /** Asserts that every connection's view, the store and the restrictions equal the model. */
  check(): void {
    this.#endRooms();
    for (const member of this.members.all) for (const session of member.sessions) this.#checkView(member, session);
    for (const room of ROOMS) {
      const seqs = this.stage.stored.filter((entry) => entry.room === room).map(({ seq }) => seq);
      assertEquals(seqs, Array.from({ length: this.messages.count(room) }, (_, index) => index + 1));
    }
    this.messages.check();
    this.#fileSteps.check();
    this.conversations.check();
    this.#callSteps.check();
    this.devices.check();
    checkRestrictions(this);
  }

  #checkView({ id: self, rooms, away }: ModelMember, { id, rooms: followed }: ModelSession): void {
    this.receive(id);
    const view = this.viewOf(id);
    assertEquals(view.isAway, away !== undefined);
    assertEquals([...view.members.keys()].sort(), [...followed].sort());
    for (const room of followed) {
      assert(rooms.has(room));
      const names = this.members.inRoom(room).map(({ name }) => name);
      assertEquals([...view.members.get(room)!.values()].sort(), names.sort(), room);
      for (const { id, told } of this.members.inRoom(room)) {
        if (id !== self) assertEquals(view.away.get(room)!.get(id) ?? "", told, `${id} in ${room}`);
      }
      assertEquals(view.seqs.get(room), this.messages.count(room), room);
      assertEquals(view.topics.get(room), this.#topics.get(room) ?? "", room);
    }
  }
}
