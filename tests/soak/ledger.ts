import type { AckEvent, DirectMessage, RoomMessage } from "../../src/protocol/messages/messages.ts";

export const ROOM = "soak";

interface Direct {
  acknowledged: boolean;
  shown: number;
}

/** The messages that all clients sent, and their outcomes. */
export class Ledger {
  /** Messages sent to the room, including those not yet acknowledged. */
  sent = 0;
  readonly acks = new Map<string, { readonly id: string; readonly seq: number }>();
  /** Direct messages, by text. */
  readonly directs = new Map<string, Direct>();
  /** Counts of other actions. */
  readonly counts: Record<string, number> = {};
  /** Messages by seq, as the first receiver showed them. All receivers share these objects, to save memory. */
  readonly #messages: RoomMessage[] = [];

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  /** Returns a unique text; some are long. */
  newText(sender: string, chars: number): string {
    return `${sender}:${this.sent++} `.padEnd(chars, "lorem ipsum ");
  }

  newDirect(sender: string): string {
    const text = `${sender} in private:${this.directs.size}`;
    this.directs.set(text, { acknowledged: false, shown: 0 });
    return text;
  }

  acknowledged(text: string, { id, seq }: AckEvent): void {
    const direct = this.directs.get(text);
    if (direct !== undefined) direct.acknowledged = true;
    else this.acks.set(text, { id, seq: seq! });
  }

  shownDirect({ text }: DirectMessage): void {
    const direct = this.directs.get(text);
    if (direct !== undefined) direct.shown++;
  }

  intern(message: RoomMessage): RoomMessage {
    const known = this.#messages[message.seq] ??= message;
    return known.id === message.id && known.text === message.text ? known : message;
  }

  /** True when each acknowledged direct message has arrived. */
  get directsShown(): boolean {
    return this.directs.values().every(({ acknowledged, shown }) => acknowledged && shown > 0);
  }

  /** Returns one sentence for each lost or duplicate direct message. */
  directFaults(): string[] {
    return [...this.directs].flatMap(([text, { acknowledged, shown }]) =>
      acknowledged && shown === 1
        ? []
        : [`${text} was ${acknowledged ? "" : "not "}acknowledged and shown ${shown} times`]
    );
  }
}
