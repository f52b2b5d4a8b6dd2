import { assert, assertEquals } from "@std/assert";
import { TokenBucket } from "../../../src/core/state/token_bucket.ts";
import { conversationName } from "../../../src/protocol/conventions.ts";
import { NEW_CONVERSATIONS_BURST, NEW_CONVERSATIONS_PER_HOUR } from "../../../src/protocol/limits.ts";
import type { HubModel } from "./hub_model.ts";
import type { ModelMember, ModelSession } from "./model_members.ts";

/** A message of a conversation as changes see it. */
interface Said {
  readonly by: string;
  text: string;
}

const BEGINNINGS = { perSecond: NEW_CONVERSATIONS_PER_HOUR / 3600, burst: NEW_CONVERSATIONS_BURST };

/** Steps in conversations of two members, with all of their entries and read marks as they are after them. */
export class ConversationSteps {
  readonly #model: HubModel;
  /** By the name of the conversation, one element for each seq; `undefined` where the seq is a change's. */
  readonly #said = new Map<string, (Said | undefined)[]>();
  /** By session and key of the conversation: the seq that the session received last. */
  readonly #received = new Map<string, number>();
  /** By member and name of the conversation. */
  readonly #marks = new Map<string, number>();
  /** Names of the conversations that have begun. */
  readonly #begun = new Set<string>();
  /** How many of them a member may begin, by the member's id. */
  readonly #beginnings = new Map<string, TokenBucket>();
  #changes = 0;

  constructor(model: HubModel) {
    this.#model = model;
  }

  /** Sends a direct message to the member that the hub finds by the name. */
  whisper(member: ModelMember, session: number, name: string): void {
    const { restrictions, members, stage } = this.#model;
    const command = { type: "message", to: name, text: "psst", ref: this.#model.newRef() };
    const answer = this.#model.ask(session, command)!;
    const stored = stage.effects.find((effect) => effect.type === "append");
    assertEquals(answer.type, stored === undefined ? "error" : "ack");
    const mayWrite = restrictions.mayWrite(member.id, "", member.account !== undefined);
    if (!mayWrite) assertEquals(stored, undefined, "A member without the right to write sent a direct message");
    else assert(stored !== undefined || !members.all.some((one) => one.name === name), `${name} is known`);
    if (stored === undefined) return;
    const partner = this.#partnerIn(stored.message.room, member);
    assert(this.takeBeginning(member, partner, true), "A member has begun too many conversations");
    member.last = { command, ack: answer };
    assertEquals(answer.type === "ack" && answer.waiting, partner.sessions.length === 0 ? true : undefined);
    assertEquals(stored.message.seq, this.#append(member, partner, { by: member.id, text: "psst" }));
  }

  /** Counts that the member turns to a stranger, unless the two have a conversation; false if they may not. It begins if `isKept`. */
  takeBeginning(member: ModelMember, partner: ModelMember, isKept: boolean): boolean {
    const name = conversationName(member.id, partner.id);
    if (this.#begun.has(name)) return true;
    const bucket = this.#beginnings.get(member.id) ?? new TokenBucket(BEGINNINGS, this.#model.stage.now);
    this.#beginnings.set(member.id, bucket);
    if (bucket.take(this.#model.stage.now) > 0) return false;
    if (isKept) this.#begun.add(name);
    return true;
  }

  restart(): void {
    this.#beginnings.clear();
  }

  /** Edits a message of the conversation with the member, who is named by id. */
  mend(member: ModelMember, session: number, partner: ModelMember, nth: number): void {
    const said = this.#said.get(conversationName(member.id, partner.id)) ?? [];
    const seq = 1 + nth % (said.length + 1);
    const target = said[seq - 1];
    const text = `mended ${++this.#changes}`;
    const command = { type: "edit", to: partner.id, of: seq, text, ref: this.#model.newRef() };
    const may = target?.by === member.id &&
      this.#model.restrictions.mayWrite(member.id, "", member.account !== undefined);
    if (!may) return this.#model.expect(session, command, "error");
    const ack = this.#model.ask(session, command);
    assertEquals(ack?.type, "ack");
    member.last = { command, ack: ack! };
    target.text = text;
    this.#append(member, partner, undefined);
  }

  /** Marks an entry of the conversation with the member as read: the mark moves forward only, and is told to other sessions. */
  read(member: ModelMember, { id: session }: ModelSession, partner: ModelMember, nth: number): void {
    const name = conversationName(member.id, partner.id);
    const entries = this.#model.stage.stored.filter(({ room }) => room === name);
    const entry = entries[nth % (entries.length || 1)];
    if (entry === undefined) return;
    const key = `${member.id} ${name}`;
    const before = this.#marks.get(key) ?? 0;
    const others = member.sessions.filter(({ id }) => id !== session);
    for (const { id } of others) this.#model.receive(id);
    const reply = this.#model.ask(session, { type: "read", to: partner.id, id: entry.id });
    this.#marks.set(key, Math.max(before, entry.seq));
    assertEquals(reply?.type === "mark" && reply.seq, Math.max(before, entry.seq));
    for (const { id } of others) {
      const told = this.#model.receive(id).filter(({ type }) => type === "mark").length;
      assertEquals(told, entry.seq > before ? 1 : 0);
    }
  }

  #partnerIn(name: string, member: ModelMember): ModelMember {
    return this.#model.members.all.find(({ id }) => conversationName(member.id, id) === name)!;
  }

  /** Adds an entry, which all sessions of both members receive, and returns its seq. */
  #append(a: ModelMember, b: ModelMember, said: Said | undefined): number {
    const name = conversationName(a.id, b.id);
    const all = this.#said.get(name) ?? [];
    this.#said.set(name, all);
    const seq = all.push(said);
    for (const [member, partner] of [[a, b], [b, a]] as const) {
      const isHidden = member === b && this.#model.members.calls.blocks(b.id, a.id);
      for (const { id } of member.sessions) {
        if (isHidden) this.#miss(id, partner.id);
        else this.#received.set(`${id} @${partner.id}`, seq);
      }
    }
    return seq;
  }

  /** A session whose member blocks the author does not receive the entry: its next one may have any seq. */
  #miss(session: number, partner: string): void {
    this.#model.receive(session);
    this.#model.viewOf(session).seqs.delete(`@${partner}`);
    this.#received.delete(`${session} @${partner}`);
  }

  /** Asserts that the store has each conversation, and that its two members, and nobody else, have received its entries. */
  check(): void {
    const { stage, members } = this.#model;
    for (const [name, said] of this.#said) {
      const stored = stage.store.read({ room: name, limit: Infinity });
      const expected = said.flatMap((message, index) => message === undefined ? [] : [{ seq: index + 1, ...message }]);
      assertEquals(stored.map(({ seq, from, text }) => ({ seq, by: from.id, text })), expected, name);
    }
    for (const { sessions } of members.all) {
      for (const { id } of sessions) {
        for (const [key, seq] of this.#model.viewOf(id).seqs) {
          if (key.startsWith("@")) assertEquals(seq, this.#received.get(`${id} ${key}`), `${id} ${key}`);
        }
      }
    }
    for (const [key, seq] of this.#received) {
      const [session, partner] = key.split(" ") as [string, string];
      const isOpen = members.all.some(({ sessions }) => sessions.some(({ id }) => id === Number(session)));
      if (isOpen) assertEquals(this.#model.viewOf(Number(session)).seqs.get(partner), seq, key);
    }
  }
}
