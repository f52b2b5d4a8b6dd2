import { assertEquals } from "@std/assert";
import type { Model } from "./hub_model.ts";
import type { Person } from "./model_members.ts";
import type { ChangeStep } from "./step.ts";

const THUMB = "\u{1f44d}";

/** A message, as far as changes of it go. */
interface Said {
  readonly by: string;
  readonly reacted: Set<string>;
  text: string;
}

/** What became of the messages of all rooms. */
export class Changing {
  readonly #model: Model;
  /** By room; one for each seq, and none for a change. */
  readonly #rooms = new Map<string, (Said | undefined)[]>();
  #edits = 0;

  constructor(model: Model) {
    this.#model = model;
  }

  note(room: string, by: string | undefined, text = ""): void {
    const said = this.#rooms.get(room) ?? [];
    this.#rooms.set(room, said);
    said.push(by === undefined ? undefined : { by, reacted: new Set(), text });
  }

  forget(room: string): void {
    this.#rooms.delete(room);
  }

  count(room: string): number {
    return this.#rooms.get(room)?.length ?? 0;
  }

  take(person: Person, session: number, step: ChangeStep, isInside: boolean): void {
    const { room } = step;
    const seq = 1 + step.nth % (this.count(room) + 1);
    const said = this.#rooms.get(room)?.[seq - 1];
    const target = isInside && said?.text !== "" ? said : undefined;
    const command = this.#command(step, seq, target?.reacted.has(person.id));
    if (target === undefined || !this.#may(person, step, target)) {
      return this.#model.expect(session, command, "error");
    }
    const ack = this.#model.ask(session, command);
    assertEquals(ack?.type, "ack", JSON.stringify(command));
    person.last = { command, ack: ack! };
    this.note(room, undefined);
    this.#apply(person, step, target, command.text);
  }

  #command({ do: type, room }: ChangeStep, seq: number, again: boolean | undefined) {
    const common = { room, seq, ref: this.#model.newRef(), text: `edit ${++this.#edits}` };
    if (type === "edit") return { ...common, type };
    if (type === "unsay") return { ...common, type: "delete" };
    return { ...common, type, emoji: THUMB, ...again && { remove: true } };
  }

  #may({ id, account }: Person, { do: type, room }: ChangeStep, { by }: Said): boolean {
    const { orders, stage } = this.#model;
    if (type === "unsay") return by === id || orders.moderates(id, room);
    if (!orders.hears(id, room, account !== undefined)) return false;
    return type === "react" || (by === id && orders.takesTurn(id, room, stage.now));
  }

  #apply({ id }: Person, { do: type }: ChangeStep, target: Said, text: string): void {
    if (type === "edit") target.text = text;
    else if (type === "unsay") target.text = "";
    else if (!target.reacted.delete(id)) target.reacted.add(id);
  }

  /** What the store would tell is what there is. */
  check(): void {
    for (const [room, entries] of this.#rooms) {
      const told = this.#model.stage.kept.read({ room, limit: Infinity });
      const due = entries.flatMap((said, index) => said === undefined ? [] : [{ seq: index + 1, ...said }]);
      assertEquals(
        told.map(({ seq, text, from, reactions }) => [seq, from.id, text, reactions?.[0]?.count ?? 0]),
        due.map(({ seq, text, by, reacted }) => [seq, by, text, text === "" ? 0 : reacted.size]),
        room,
      );
    }
  }
}
