import type { AckEvent, DirectMessage, RoomMessage } from "../../src/protocol/messages/messages.ts";

export const ROOM = "soak";

interface Direct {
  acknowledged: boolean;
  shown: number;
}

/** What was said and what became of it, for all who take part. */
export class Ledger {
  /** To the room, those included that are not acknowledged yet. */
  sent = 0;
  readonly acks = new Map<string, { readonly id: string; readonly seq: number }>();
  /** By text. */
  readonly directs = new Map<string, Direct>();
  /** How often other things were done. */
  readonly counts: Record<string, number> = {};
  /** By seq, as the first one was shown them: everybody who is shown the same keeps the same object, for there are many. */
  readonly #messages: RoomMessage[] = [];

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  /** A text that nobody has sent before; some are long. */
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

  /** Whether each direct message that was acknowledged has come. */
  get directsShown(): boolean {
    return this.directs.values().every(({ acknowledged, shown }) => acknowledged && shown > 0);
  }

  /** A sentence for each direct message that is lost or doubled. */
  directFaults(): string[] {
    return [...this.directs].flatMap(([text, { acknowledged, shown }]) =>
      acknowledged && shown === 1
        ? []
        : [`${text} was ${acknowledged ? "" : "not "}acknowledged and shown ${shown} times`]
    );
  }
}
