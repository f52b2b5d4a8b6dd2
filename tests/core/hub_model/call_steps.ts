/** Steps into calls and out of them: what each client sees of the calls, and whom the server lets into them. */

import { assert, assertEquals } from "@std/assert";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { isIn, type ModelCall, pairOf } from "./call_model.ts";
import type { ClientView } from "./client_view.ts";
import type { ModelMember, ModelMembers, ModelSession } from "./model_members.ts";
import type { RestrictionModel } from "./restriction_model.ts";
import type { CallStep } from "./step.ts";
import type { Stage } from "../stage.ts";

/** The part of the model that these steps use. */
export interface CallContext {
  readonly stage: Stage;
  readonly members: ModelMembers;
  readonly restrictions: RestrictionModel;
  readonly conversations: { takeBeginning(member: ModelMember, partner: ModelMember, isKept: boolean): boolean };
  ask(session: number, command: object): ServerEvent | undefined;
  wait(ms: number): void;
  viewOf(session: number): ClientView;
}

/** A call to begin, or to enter. */
interface Target {
  readonly key: string;
  readonly room: string | undefined;
  readonly command: object;
}

export class CallSteps {
  readonly #model: CallContext;

  constructor(model: CallContext) {
    this.#model = model;
  }

  apply(member: ModelMember, device: ModelSession, step: CallStep): void {
    // A call costs as much as two other commands.
    this.#model.wait(100);
    if (!this.#model.members.isConnected(device.id)) return;
    switch (step.do) {
      case "call":
        return this.#callRoom(member, device, step.room);
      case "ring":
      case "block": {
        const partner = this.#model.members.all[step.with];
        if (partner === undefined) return;
        return step.do === "ring" ? this.#ring(member, device, partner) : this.#block(member, device, partner, step.on);
      }
      case "pickUp":
      case "decline":
      case "hangUpCall":
        return this.#answer(member, device, step.do, this.#calls.all[step.nth % (this.#calls.all.length + 1)]);
    }
  }

  get #calls() {
    return this.#model.members.calls;
  }

  #callRoom(member: ModelMember, device: ModelSession, room: string): void {
    const target = { key: room, room, command: { type: "call", room } };
    const may = device.rooms.has(room) && this.#mayWrite(member, room);
    if (!may) return this.#refused(device, target.command);
    const call = this.#calls.at(room);
    if (call !== undefined) return this.#enter(member, device, call, target.command);
    const isFree = this.#calls.of(member.id) === undefined &&
      this.#model.restrictions.takeSlowModeTurn(member.id, room, this.#model.stage.now);
    const others = this.#model.members.inRoom(room).filter((each) => each !== member && each.sessions.length > 0);
    if (!isFree || others.length === 0 || others.length > 3) return this.#refused(device, target.command);
    this.#start(member, device, target, others.map(({ id }) => id).filter((id) => !this.#calls.blocks(id, member.id)));
  }

  #ring(member: ModelMember, device: ModelSession, partner: ModelMember): void {
    const target = {
      ...{ key: pairOf(member.id, partner.id), room: undefined },
      command: { type: "call", to: partner.id },
    };
    const may = partner !== member && !this.#calls.blocks(member.id, partner.id) && this.#mayWrite(member, "");
    if (!may) return this.#refused(device, target.command);
    const call = this.#calls.at(target.key);
    if (call !== undefined) return this.#enter(member, device, call, target.command);
    const isFree = this.#calls.of(member.id) === undefined &&
      this.#model.conversations.takeBeginning(member, partner, false) && partner.sessions.length > 0;
    if (!isFree) return this.#refused(device, target.command);
    this.#start(member, device, target, [partner.id]);
  }

  #start(
    { id: by }: ModelMember,
    { id: session }: ModelSession,
    { key, room, command }: Target,
    others: string[],
  ): void {
    const asked = this.#calls.ring(by, others);
    if (asked.length === 0) return this.#refused({ id: session }, command);
    const answer = this.#model.ask(session, command);
    assert(answer?.type === "media", JSON.stringify(answer));
    this.#calls.start({ id: answer.call, key, room, by }, session, asked);
  }

  #answer(member: ModelMember, device: ModelSession, how: CallStep["do"], call: ModelCall | undefined): void {
    const command = {
      ...{ type: how === "hangUpCall" ? "hangup" : "answer", call: call?.id ?? "none" },
      ...how === "decline" ? { decline: true } : {},
    };
    if (call === undefined || !this.#knows(member, device, call)) return this.#refused(device, command);
    if (how === "pickUp") {
      if (!this.#mayWrite(member, call.room ?? "")) return this.#refused(device, command);
      return this.#enter(member, device, call, command);
    }
    const own = call.places.find(({ id }) => id === member.id);
    if (own === undefined || isIn(own) !== (how === "hangUpCall")) return this.#refused(device, command);
    this.#calls.remove(call, member.id);
    const answer = this.#model.ask(device.id, command);
    assert(answer?.type === "call" && answer.member?.id === member.id, JSON.stringify(answer));
    assertEquals(answer.did, how === "decline" ? "declined" : "left");
    assertEquals(answer.ended === true, !this.#calls.all.includes(call));
  }

  /** A member who was not asked enters at the pace of messages. */
  #enter(member: ModelMember, device: ModelSession, call: ModelCall, command: object): void {
    const other = this.#calls.of(member.id);
    const isAsked = call.places.some(({ id }) => id === member.id);
    const may = (other === undefined || other === call) && (isAsked || call.places.length < 4) &&
      (isAsked || call.room === undefined ||
        this.#model.restrictions.takeSlowModeTurn(member.id, call.room, this.#model.stage.now));
    if (!may || !this.#calls.enter(call, member.id, device.id)) return this.#refused(device, command);
    const answer = this.#model.ask(device.id, command);
    const { stream } = call.places.find(({ id }) => id === member.id)!;
    assert(answer?.type === "media" && answer.call === call.id && answer.stream === stream, JSON.stringify(answer));
  }

  #block(member: ModelMember, { id: session }: ModelSession, partner: ModelMember, on: boolean): void {
    const isChange = this.#calls.blocks(member.id, partner.id) !== on;
    const begins = isChange && on;
    const may = !begins || this.#model.conversations.takeBeginning(member, partner, true);
    const answer = this.#model.ask(session, { type: "block", to: partner.id, ...on ? {} : { off: true } });
    assertEquals(answer?.type, may ? "notice" : "error");
    if (may && isChange) this.#calls.block(member.id, partner.id, on);
  }

  #mayWrite({ id, account }: ModelMember, room: string): boolean {
    return this.#model.restrictions.mayWrite(id, room, account !== undefined);
  }

  #knows({ id }: ModelMember, { rooms }: ModelSession, { room, places, by }: ModelCall): boolean {
    if (room !== undefined) return rooms.has(room);
    return places.some((place) => place.id === id) && !(id !== by && this.#calls.blocks(id, by));
  }

  #refused({ id }: Pick<ModelSession, "id">, command: object): void {
    assertEquals(this.#model.ask(id, command)?.type, "error", JSON.stringify(command));
  }

  /** Asserts that the server has let in exactly those who are in calls, and that each client knows exactly its own calls. */
  check(): void {
    const seats = this.#calls.all.flatMap(({ id, places }) =>
      places.filter(isIn).map((place) => [`${id} ${place.id}`, place.stream!] as const)
    );
    assertEquals(this.#model.stage.seats, new Map(seats));
    for (const member of this.#model.members.all) {
      for (const session of member.sessions) this.#checkView(member, session);
    }
  }

  #checkView({ id: self }: ModelMember, { id: session, rooms }: ModelSession): void {
    const { calls, media } = this.#model.viewOf(session);
    const own = this.#calls.all.find(({ places }) => places.some((place) => place.session === session));
    assertEquals(media, own?.id, `the call of session ${session}`);
    const unseen = new Set(calls.keys());
    for (const call of this.#calls.all) {
      const { id, by, places, room, key } = call;
      const isMine = room === undefined ? key.split(" ").includes(self) : rooms.has(room);
      // Somebody who has stopped to ignore the other one hears of the next change.
      if (!isMine || (call.untold.has(self) && (!calls.has(id) || this.#calls.blocks(self, by)))) continue;
      const partner = room === undefined ? key.split(" ").find((each) => each !== self) : undefined;
      // Members who were asked at once come in the order of the room, which the model does not know.
      const members = places.map((place) => `${place.id} ${place.stream ?? "called"}`).sort();
      const seen = calls.get(id);
      assertEquals(
        seen && { ...seen, members: seen.members.toSorted() },
        { place: room ?? `@${partner}`, by, members },
        `call ${id} for ${self}`,
      );
      unseen.delete(id);
    }
    assertEquals([...unseen], [], `calls that ${self} should not know`);
  }
}
