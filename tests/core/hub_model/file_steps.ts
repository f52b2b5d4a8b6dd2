import { assertEquals } from "@std/assert";
import { MAX_SLOTS_PER_MEMBER, SLOT_MS } from "../../../src/protocol/limits.ts";
import type { MessageFile } from "../../../src/protocol/messages/messages.ts";
import type { MessageState } from "./change_steps.ts";
import type { HubModel } from "./hub_model.ts";
import type { ModelMember, ModelSession } from "./model_members.ts";

/** The limits of the model's server. */
export const MODEL_FILES = { maxFileBytes: 80, totalBytes: 10_000, bytesPerMemberAndDay: 5_000 };

interface ModelSlot {
  readonly owner: string;
  readonly file: MessageFile;
  readonly until: number;
  state: "offered" | "complete" | "used";
  /** The message that carries the file. */
  sent?: { readonly room: string; readonly message: MessageState };
}

/** A file for a message, and whether the hub must take it. */
export interface ChosenFile {
  readonly file: MessageFile;
  readonly fits: boolean;
}

/** Steps that offer, upload, send and fetch files, with all slots as they are after them. */
export class FileSteps {
  readonly #model: HubModel;
  readonly #slots: ModelSlot[] = [];

  constructor(model: HubModel) {
    this.#model = model;
  }

  offer(member: ModelMember, { id: session, rooms }: ModelSession, room: string, nth: number): void {
    const { restrictions, stage } = this.#model;
    const size = 10 * nth;
    const open = this.#slots.filter((slot) => slot.owner === member.id && slot.state !== "used" && this.#isOpen(slot));
    const bytes = this.#slots.filter((slot) =>
      slot.owner === member.id && (slot.state !== "used" || this.#isKept(slot))
    )
      .reduce((sum, { file }) => sum + file.size, size);
    const may = rooms.has(room) && restrictions.mayWrite(member.id, room, member.account !== undefined) &&
      size <= MODEL_FILES.maxFileBytes && open.length < MAX_SLOTS_PER_MEMBER &&
      bytes <= MODEL_FILES.bytesPerMemberAndDay;
    const name = `${this.#slots.length}.png`;
    const answer = this.#model.ask(session, { type: "offer", room, name, size })!;
    assertEquals(answer.type, may ? "slot" : "error", JSON.stringify(answer));
    if (answer.type !== "slot") return;
    const sha256 = "abcdefgh"[this.#slots.length % 8]!.repeat(42) + "A";
    const file = { id: answer.id, name, size, media: "image/png", sha256 };
    this.#slots.push({ owner: member.id, file, until: stage.now + SLOT_MS, state: "offered" });
  }

  /** Completes an upload, also one that is complete or used. */
  upload(nth: number): void {
    const slot = this.#slots[nth % (this.#slots.length || 1)];
    if (slot === undefined) return;
    const { stage } = this.#model;
    const { id, sha256, media } = slot.file;
    const effects = stage.uploaded(id, { sha256, media });
    const expected = { offered: ["keepRecord"], complete: [], used: ["dropUpload"] }[slot.state];
    assertEquals(effects.map(({ type }) => type), expected);
    if (slot.state === "offered") slot.state = "complete";
  }

  /** Cancels an upload of which nothing has arrived, or tries to cancel a used one. */
  cancel(nth: number): void {
    const slot = this.#slots[nth % (this.#slots.length || 1)];
    if (slot === undefined || slot.state === "complete") return;
    const effects = this.#model.stage.cancelUpload(slot.file.id, false);
    const expected = slot.state === "offered" && this.#isOpen(slot) ? ["keepRecord", "dropUpload"] : [];
    assertEquals(effects.map(({ type }) => type), expected);
    slot.state = "used";
  }

  /** Mostly one of the member's own. */
  choose(member: ModelMember, nth: number): ChosenFile | undefined {
    const own = this.#slots.filter(({ owner }) => owner === member.id);
    const among = nth > 1 && own.length > 0 ? own : this.#slots;
    const slot = among[nth % (among.length || 1)];
    return slot && { file: slot.file, fits: slot.owner === member.id && slot.state === "complete" };
  }

  /** Notes that the message carries the file. */
  sent({ id }: MessageFile, room: string, message: MessageState): void {
    const slot = this.#slots.find(({ file }) => file.id === id)!;
    slot.state = "used";
    slot.sent = { room, message };
  }

  fetch(member: ModelMember, session: number, nth: number): void {
    const slot = this.#slots[nth % (this.#slots.length || 1)];
    if (slot === undefined) return;
    const command = { type: "fetch", id: slot.file.id };
    this.#model.expect(session, command, this.#isReadable(slot, member) ? "url" : "error");
  }

  #isOpen({ until }: ModelSlot): boolean {
    return until > this.#model.stage.now;
  }

  /** Whether the message that carries the file is still there. */
  #isKept({ sent }: ModelSlot): boolean {
    return sent !== undefined && this.#model.messages.has(sent.room, sent.message);
  }

  #isReadable(slot: ModelSlot, member: ModelMember): boolean {
    return this.#isKept(slot) && member.rooms.has(slot.sent!.room);
  }

  /** Asserts that exactly the members of a file's room may read it, while its message is there, and which slots are open. */
  check(): void {
    const { hub, now } = this.#model.stage;
    for (const slot of this.#slots) {
      const { file, state } = slot;
      for (const member of this.#model.members.all) {
        const expected = this.#isReadable(slot, member) ? file : undefined;
        assertEquals(hub.readableFile(member.id, file.id), expected, `${file.name} for ${member.name}`);
      }
      const place = hub.slot(file.id, now);
      const isBanned = this.#model.restrictions.has("ban", "", slot.owner);
      assertEquals(place?.size, state === "used" || isBanned ? undefined : file.size);
      if (place !== undefined) assertEquals(place.complete?.sha256, state === "complete" ? file.sha256 : undefined);
    }
  }
}
