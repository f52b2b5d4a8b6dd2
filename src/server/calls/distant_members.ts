import { type MediaChunk, MediaOutbox } from "../../protocol/calls/media_outbox.ts";
import { SOUND_CONFIRM_MS, SOUND_PACKET_MS } from "../../protocol/limits.ts";
import type { CallNote } from "../links/server_links.ts";

/** Sends a note to another server; false if it was dropped. */
export type SendNote = (server: number, note: CallNote) => boolean;

/**
 * The members of one call on one other server. Each picture and each packet of sound goes there once, however many they are, and the
 * other server confirms it: so as little is on its way as to a single member.
 */
export class DistantMembers {
  readonly #server: number;
  readonly #call: string;
  readonly #send: SendNote;
  #outbox = this.#newOutbox();
  /** Whether a frame was dropped that nobody will confirm. */
  #hasLost = false;
  /** Packets of sound from there, by stream. */
  readonly #heard = new Map<number, number>();

  constructor(server: number, call: string, send: SendNote) {
    this.#server = server;
    this.#call = call;
    this.#send = send;
  }

  #newOutbox(): MediaOutbox {
    return new MediaOutbox((bytes) => {
      if (!this.tell({ type: "media", call: this.#call, bytes })) this.#hasLost = true;
    });
  }

  /** Sends a frame of a member of this server. Its bytes are those of the frame alone. */
  deliver(chunk: MediaChunk): void {
    if (this.#hasLost) this.reset();
    this.#outbox.add(chunk);
  }

  /** The other server has got the frames of the stream up to this time. */
  confirm(of: MediaChunk["kind"], stream: number, time: number): void {
    this.#outbox.confirm(of, stream, time);
  }

  /** Confirms a frame of a member there. Sound is confirmed a few packets at once. */
  acknowledge(of: MediaChunk["kind"], stream: number, time: number): void {
    if (of === "sound") {
      const packets = (this.#heard.get(stream) ?? 0) + 1;
      this.#heard.set(stream, packets);
      if (packets * SOUND_PACKET_MS % SOUND_CONFIRM_MS !== 0) return;
    }
    this.tell({ type: "got", call: this.#call, of, stream, time });
  }

  /** Sends a note; false if it was dropped. */
  tell(note: CallNote): boolean {
    return this.#send(this.#server, note);
  }

  /** The stream's member has left, or has connected again. */
  forget(stream: number): void {
    this.#outbox.forget(stream);
    this.#heard.delete(stream);
  }

  /** Forgets the frames on their way, which are lost. */
  reset(): void {
    this.#outbox = this.#newOutbox();
    this.#hasLost = false;
  }
}
