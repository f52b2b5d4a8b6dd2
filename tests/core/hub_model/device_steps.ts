/** Steps of members who admit and revoke devices, and of the devices that ask, with the offers as they are after them. */

import { assert, assertEquals } from "@std/assert";
import { LINK_MS, MAX_DEVICES_PER_MEMBER, MAX_TOKENS_PER_ACCOUNT } from "../../../src/protocol/limits.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import type { DeviceStatement } from "../../../src/protocol/identity/signed_text.ts";
import type { Stage } from "../stage.ts";
import type { TestDevice } from "../test_device.ts";
import type { ClientView } from "./client_view.ts";
import type { ModelMember, ModelMembers, ModelSession } from "./model_members.ts";
import type { DeviceStep } from "./step.ts";

/** The part of the model that these steps use. */
export interface DeviceContext {
  readonly stage: Stage;
  readonly members: ModelMembers;
  connect(): number;
  newDevice(): TestDevice;
  viewOf(session: number): ClientView;
  receive(session: number): ServerEvent[];
  expect(session: number, command: object, type: ServerEvent["type"]): void;
  ask(session: number, command: object): ServerEvent | undefined;
}

interface ModelClaim {
  session: number;
  readonly device: TestDevice;
}

/** An offer of a member's session to admit a device. */
interface ModelOffer {
  readonly session: number;
  readonly member: ModelMember;
  readonly code: string;
  readonly words: string;
  readonly expires: number;
  claim?: ModelClaim;
}

/** The description of `page` devices in claims and statements. */
const PAGE = { kind: "page", name: "Firefox on Android" };
const TERMINAL = { kind: "terminal", name: "Terminal on Linux" };

export class DeviceSteps {
  readonly #model: DeviceContext;
  /** All offers, oldest first, and those of them that are open. */
  #offers: ModelOffer[] = [];
  readonly #open = new Set<ModelOffer>();
  /** Connections of devices that have claimed an offer and have not joined. */
  readonly #waiting = new Map<number, TestDevice>();
  /** By session: the keys of the devices that asked it, and the answers that it got. */
  readonly #asked = new Map<number, string[]>();
  readonly #answers = new Map<number, boolean[]>();
  #newcomers = 0;

  constructor(model: DeviceContext) {
    this.#model = model;
  }

  apply(step: DeviceStep): void {
    this.#endOffers();
    const members = this.#candidates(step);
    const member = members[step.who % members.length];
    const session = member?.sessions[Math.floor(step.who / members.length) % member.sessions.length];
    if (member === undefined || session === undefined) return;
    switch (step.do) {
      case "offer":
        return this.#offer(member, session);
      case "answer":
        return this.#answer(member, session, step);
      case "revoke":
        return this.#revoke(member, session, step);
      case "devices":
        return this.#list(member, session);
      default:
        return step satisfies never;
    }
  }

  /** Members who can do it, if there are any and unless `who` is 0: most steps of others are refused in the same way. */
  #candidates({ do: type, who }: DeviceStep): readonly ModelMember[] {
    const present = this.#model.members.all.filter(({ sessions }) => sessions.length > 0);
    const isAsked = (one: ModelMember) => [...this.#open].some(({ member, claim }) => member === one && claim);
    const able = present.filter((one) =>
      type === "answer" ? isAsked(one) : one.devices.length > (type === "revoke" ? 1 : 0)
    );
    return who === 0 || able.length === 0 ? present : able;
  }

  /** A new device claims one of the last offers, by its code or its words. Most that are not open are refused in the same way. */
  claim(nth: number, how: number): void {
    this.#endOffers();
    const offer = nth === 2 || this.#open.size <= nth ? this.#offers.at(-1 - nth) : [...this.#open].at(-1 - nth);
    if (offer === undefined) return;
    const { members, stage } = this.#model;
    const device = this.#claimant(offer, how);
    const session = this.#model.connect();
    const code = how % 2 === 0 ? offer.code : offer.words;
    const answer = this.#model.ask(session, { type: "link", step: "claim", code, key: device.key, ...PAGE });
    const isRepeated = offer.claim?.device.key === device.key;
    const isLocked = members.isLocked(stage.now);
    const isOpen = this.#open.has(offer);
    if (!isLocked && !isOpen) members.guesses.push(stage.now);
    const isRight = !isLocked && isOpen && (offer.claim === undefined || isRepeated) &&
      members.holder(device.key) === undefined;
    assertEquals(answer?.type, isRight ? "link" : "error", JSON.stringify(answer));
    if (!isRight) return;
    assert(answer?.type === "link");
    assertEquals([answer.step, answer.member?.id], ["claimed", offer.member.id]);
    offer.claim = { session, device };
    this.#waiting.set(session, device);
    if (!isRepeated) listIn(this.#asked, offer.session).push(device.key);
  }

  /** The connection ends on which a device claimed one of the last offers. */
  hangUp(nth: number): void {
    this.#endOffers();
    const session = this.#offers.at(-1 - nth)?.claim?.session;
    if (session === undefined || !this.#isWaiting(session)) return;
    this.#waiting.delete(session);
    this.#model.stage.drop(session);
  }

  /** The connection on which the device claimed an offer, if it has not joined there. */
  waitingAs(device: TestDevice): number | undefined {
    return this.#waitingSessions.find((session) => this.#waiting.get(session) === device);
  }

  /** A new device to join with, which every third time is one that waits for an answer. */
  newcomer(): { readonly session: number; readonly device: TestDevice } {
    const claim = ++this.#newcomers % 3 > 0 ? undefined : this.#waitingSessions
      .map((session) => ({ session, device: this.#waiting.get(session)! }))
      .find(({ device }) => this.#model.members.holder(device.key) === undefined);
    return claim ?? { session: this.#model.connect(), device: this.#model.newDevice() };
  }

  get #waitingSessions(): number[] {
    return [...this.#waiting.keys()].filter((session) => this.#isWaiting(session));
  }

  restart(): void {
    this.#offers = [];
    for (const map of [this.#open, this.#waiting, this.#asked, this.#answers]) map.clear();
  }

  /** Asserts that each session was asked and answered as the model says. */
  check(): void {
    this.#endOffers();
    for (const session of this.#waiting.keys()) {
      if (this.#model.members.isConnected(session)) this.#waiting.delete(session);
    }
    for (const [session, keys] of this.#asked) {
      if (this.#model.members.isConnected(session)) assertEquals(this.#viewOf(session).asked, keys);
    }
    for (const [session, answers] of this.#answers) {
      if (this.#isWaiting(session)) assertEquals(this.#viewOf(session).answers, answers);
    }
  }

  #viewOf(session: number): ClientView {
    this.#model.receive(session);
    return this.#model.viewOf(session);
  }

  #isWaiting(session: number): boolean {
    return this.#waiting.has(session) && !this.#model.stage.closed.has(session);
  }

  /** A new device, one that claimed already, or one with the key of a member or of a member's former device. */
  #claimant({ claim, member }: ModelOffer, how: number): TestDevice {
    const { members } = this.#model;
    const known = [
      undefined,
      undefined,
      claim?.device,
      claim?.device,
      members.all[0]?.everHad[0],
      member.everHad.at(-1),
    ];
    return known[how] ?? this.#model.newDevice();
  }

  /** Ends the offers whose time is over, or whose session has ended. */
  #endOffers(): void {
    const { members, stage } = this.#model;
    for (const offer of this.#open) {
      if (stage.now >= offer.expires || !members.isConnected(offer.session)) this.#end(offer, false);
    }
  }

  /** Ends an offer. The device that claimed it hears the answer. */
  #end(offer: ModelOffer, accepted: boolean): void {
    this.#open.delete(offer);
    if (offer.claim !== undefined) listIn(this.#answers, offer.claim.session).push(accepted);
  }

  #offerOf(session: number): ModelOffer | undefined {
    return [...this.#open].find((offer) => offer.session === session);
  }

  /** Only a session with a key, or one of a member with a list of devices, has devices. */
  #hasDevices(member: ModelMember, { credential }: ModelSession): boolean {
    return member.statements !== undefined || this.#model.members.deviceOf(member, credential) !== undefined;
  }

  #offer(member: ModelMember, session: ModelSession): void {
    const command = { type: "link", step: "begin", ...TERMINAL };
    if (!this.#hasDevices(member, session)) return this.#model.expect(session.id, command, "error");
    const begun = this.#model.ask(session.id, command);
    assert(begun?.type === "link" && begun.step === "begun", JSON.stringify(begun));
    const expires = this.#model.stage.now + LINK_MS;
    assertEquals(Date.parse(begun.expires!), expires);
    const before = this.#offerOf(session.id);
    if (before !== undefined) this.#end(before, false);
    const offer = { session: session.id, member, code: begun.code!, words: begun.words!, expires };
    this.#offers.push(offer);
    this.#open.add(offer);
  }

  /** The session that made an offer answers; if none of the member has, another one. */
  #answer(member: ModelMember, other: ModelSession, { on, how }: DeviceStep & { readonly do: "answer" }): void {
    const session = member.sessions.find(({ id }) => this.#offerOf(id)?.claim !== undefined) ?? other;
    const offer = this.#offerOf(session.id);
    const claim = offer?.claim;
    const isFull = member.account !== undefined && member.credentials >= MAX_TOKENS_PER_ACCOUNT;
    if (isFull && on) return;
    const { members } = this.#model;
    const key = claim?.device.key ?? this.#model.newDevice().key;
    const isRight = claim !== undefined && (!on || (
      isRightStatement(how) && this.#isWaiting(claim.session) &&
      members.deviceOf(member, session.credential) !== undefined &&
      members.holder(key) === undefined && member.devices.length < MAX_DEVICES_PER_MEMBER
    ));
    const statement = on ? this.#statement(member, session, { action: "add", key, ...PAGE }, how) : {};
    const command = { type: "link", step: "answer", ...on && { accept: true, ...statement } };
    this.#model.expect(session.id, command, isRight ? "link" : "error");
    if (!isRight) return;
    if (on) this.#admit(member, session, claim!.device);
    this.#end(offer!, on);
  }

  /** The member's first offer names the device that made it, too. */
  #admit(member: ModelMember, { credential }: ModelSession, device: TestDevice): void {
    const own = this.#model.members.deviceOf(member, credential)!;
    if (own.name === "") Object.assign(own, TERMINAL);
    member.devices = [...member.devices, { device, ...PAGE }];
    if (!member.everHad.includes(device)) member.everHad.push(device);
    member.statements = (member.statements ?? 0) + 1;
    member.credentials++;
  }

  /** Revokes one of the keys that the member has ever had. Exactly its sessions end. */
  #revoke(member: ModelMember, session: ModelSession, { nth, how }: DeviceStep & { readonly do: "revoke" }): void {
    const { members } = this.#model;
    if (members.deviceOf(member, session.credential) === undefined) return;
    const { key } = member.everHad[nth % member.everHad.length]!;
    const isRight = isRightStatement(how) && members.deviceOf(member, key) !== undefined && member.devices.length > 1;
    const command = { type: "device", ...this.#statement(member, session, { action: "revoke", key }, how) };
    this.#model.expect(session.id, command, isRight ? "devices" : "error");
    if (!isRight) return;
    member.devices = member.devices.filter(({ device }) => device.key !== key);
    member.statements = (member.statements ?? 0) + 1;
    member.credentials--;
    const ended = member.sessions.filter(({ credential }) => credential === key);
    for (const each of ended) members.end(member, each);
    for (const { id } of ended) assertEquals(this.#model.stage.closed.get(id), "refused");
  }

  /** A right statement, or one with a wrong number, about another member, or with the signature of another device. */
  #statement(
    member: ModelMember,
    { credential }: ModelSession,
    about: Pick<DeviceStatement, "action" | "key" | "kind" | "name">,
    how: number,
  ): object {
    const own = this.#model.members.deviceOf(member, credential) ?? member.devices[0];
    const number = (member.statements ?? 0) + (how === 3 ? 2 : 1);
    const id = how === 4 ? "another member" : member.id;
    const device = how === 5 || own === undefined ? this.#model.newDevice() : own.device;
    return device.states({ ...about, member: id, number, by: own?.device.key ?? device.key });
  }

  #list(member: ModelMember, session: ModelSession): void {
    const answer = this.#model.ask(session.id, { type: "device" });
    if (!this.#hasDevices(member, session)) return assertEquals(answer?.type, "error");
    assert(answer?.type === "devices", JSON.stringify(answer));
    const expected = member.devices.map(({ device: { key }, kind, name }) => {
      return [key, kind, name, key === session.credential];
    });
    const listed = answer.devices.map(({ key, kind, name, current }) => [key, kind, name, current === true]);
    assertEquals([listed, answer.statements], [expected, member.statements ?? 0]);
  }
}

function isRightStatement(how: number): boolean {
  return how < 3 || how > 5;
}

function listIn<T>(lists: Map<number, T[]>, session: number): T[] {
  const list = lists.get(session) ?? [];
  lists.set(session, list);
  return list;
}
