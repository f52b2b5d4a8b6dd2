import { assertEquals } from "@std/assert";
import type { HubModel } from "./hub_model.ts";
import type { ModelMember } from "./model_members.ts";
import type { ChangeStep } from "./step.ts";

const THUMB = "\u{1f44d}";

/** A message's state as changes see it. */
export interface MessageState {
  readonly by: string;
  readonly reacted: Set<string>;
  text: string;
}

/** Steps that edit, delete and react, with the messages of all rooms as they are after them. */
export class ChangeSteps {
  readonly #model: HubModel;
  /** By room, one element for each seq; `undefined` where the seq is a change's. */
  readonly #rooms = new Map<string, (MessageState | undefined)[]>();
  #edits = 0;

  constructor(model: HubModel) {
    this.#model = model;
  }

  add(room: string, by: string | undefined, text = ""): MessageState | undefined {
    const messages = this.#rooms.get(room) ?? [];
    this.#rooms.set(room, messages);
    const message = by === undefined ? undefined : { by, reacted: new Set<string>(), text };
    messages.push(message);
    return message;
  }

  /** Whether the message is in the room and not deleted. */
  has(room: string, message: MessageState): boolean {
    return message.text !== "" && this.#rooms.get(room)?.includes(message) === true;
  }

  forget(room: string): void {
    this.#rooms.delete(room);
  }

  count(room: string): number {
    return this.#rooms.get(room)?.length ?? 0;
  }

  apply(member: ModelMember, session: number, step: ChangeStep, isInside: boolean): void {
    const { room } = step;
    const seq = 1 + step.nth % (this.count(room) + 1);
    const message = this.#rooms.get(room)?.[seq - 1];
    const target = isInside && message?.text !== "" ? message : undefined;
    const command = this.#command(step, seq, target?.reacted.has(member.id));
    if (target === undefined || !this.#may(member, step, target)) {
      return this.#model.expect(session, command, "error");
    }
    const ack = this.#model.ask(session, command);
    assertEquals(ack?.type, "ack", JSON.stringify(command));
    member.last = { command, ack: ack! };
    this.add(room, undefined);
    this.#apply(member, step, target, command.text);
  }

  #command({ do: type, room }: ChangeStep, seq: number, again: boolean | undefined) {
    // Every second change names the message by its id, and has an id that the client made.
    const message = this.#model.stage.stored.find((entry) => entry.room === room && entry.seq === seq);
    const byId = this.#edits % 2 === 1;
    const of = byId && message !== undefined ? message.id : seq;
    const label = { ref: this.#model.newRef(), ...byId && { id: this.#model.newId() } };
    const common = { room, of, ...label, text: `edit ${++this.#edits}` };
    if (type === "edit") return { ...common, type };
    if (type === "unsay") return { ...common, type: "delete" };
    return { ...common, type, emoji: THUMB, ...again && { remove: true } };
  }

  #may({ id, account }: ModelMember, { do: type, room }: ChangeStep, { by }: MessageState): boolean {
    const { restrictions, stage } = this.#model;
    if (type === "unsay") return by === id || restrictions.moderates(id, room);
    if (!restrictions.mayWrite(id, room, account !== undefined)) return false;
    return type === "react" || (by === id && restrictions.takeSlowModeTurn(id, room, stage.now));
  }

  #apply({ id }: ModelMember, { do: type }: ChangeStep, target: MessageState, text: string): void {
    if (type === "edit") target.text = text;
    else if (type === "unsay") target.text = "";
    else if (!target.reacted.delete(id)) target.reacted.add(id);
  }

  /** Asserts that the store holds each message with its current text and reactions. */
  check(): void {
    for (const [room, entries] of this.#rooms) {
      const stored = this.#model.stage.store.read({ room, limit: Infinity });
      const expected = entries.flatMap((message, index) =>
        message === undefined ? [] : [{ seq: index + 1, ...message }]
      );
      assertEquals(
        stored.map(({ seq, text, from, reactions }) => [seq, from.id, text, reactions?.[0]?.count ?? 0]),
        expected.map(({ seq, text, by, reacted }) => [seq, by, text, text === "" ? 0 : reacted.size]),
        room,
      );
    }
  }
}
