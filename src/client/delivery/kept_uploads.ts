/** The uploads that a client remembers, so that the next client with the same memory continues them. */

import { MAX_KEPT_PATH_CHARS, MAX_TEXT_BYTES, MAX_TRANSFERS } from "../../protocol/limits.ts";
import type { SlotEvent } from "../../protocol/messages/messages.ts";
import type { Target } from "./message_intent.ts";

/** The slot of an upload. */
export type KeptSlot = Pick<SlotEvent, "id" | "path" | "token">;

/** A file that is on its way, and the message that follows it. */
export interface UploadRecord {
  /** Absolute path of the file. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** When the file was last changed, in milliseconds since 1970. */
  readonly modified: number;
  readonly target: Target;
  readonly text: string;
  /** Absent before the server has given one. */
  readonly slot?: KeptSlot;
}

/** One of the uploads. */
export class KeptUpload {
  readonly #changed: () => void;
  readonly #forget: (upload: KeptUpload) => void;
  #record: UploadRecord;

  constructor(record: UploadRecord, changed: () => void, forget: (upload: KeptUpload) => void) {
    this.#record = record;
    this.#changed = changed;
    this.#forget = forget;
  }

  get record(): UploadRecord {
    return this.#record;
  }

  /** Notes the slot that the server has given, or that it has ended. */
  set slot(slot: KeptSlot | undefined) {
    const { slot: _, ...record } = this.#record;
    this.#record = slot === undefined
      ? record
      : { ...record, slot: { id: slot.id, path: slot.path, token: slot.token } };
    this.#changed();
  }

  /** The file has arrived, or will not be sent. */
  forget(): void {
    this.#forget(this);
  }
}

export class KeptUploads {
  #changed = () => {};
  /** In the order begun. */
  readonly #uploads = new Set<KeptUpload>();
  #restored: readonly KeptUpload[] = [];

  get records(): readonly UploadRecord[] {
    return Array.from(this.#uploads, ({ record }) => record);
  }

  /** Begins with the uploads of an earlier client. `changed` is called when there is something else to remember. */
  start(records: readonly UploadRecord[], changed: () => void): void {
    this.#changed = changed;
    this.#restored = records.map((record) => this.#add(record));
  }

  /** The uploads of an earlier client, which stay kept. Nothing at further calls. */
  takeRestored(): readonly KeptUpload[] {
    const restored = this.#restored;
    this.#restored = [];
    return restored;
  }

  /** Keeps an upload; `undefined` if there is no space for it. */
  keep(record: UploadRecord): KeptUpload | undefined {
    const isShort = record.path.length <= MAX_KEPT_PATH_CHARS && record.text.length <= MAX_TEXT_BYTES;
    if (!isShort || this.#uploads.size >= MAX_TRANSFERS) return undefined;
    const upload = this.#add(record);
    this.#changed();
    return upload;
  }

  #add(record: UploadRecord): KeptUpload {
    const upload = new KeptUpload(record, () => this.#changed(), (upload) => {
      if (this.#uploads.delete(upload)) this.#changed();
    });
    this.#uploads.add(upload);
    return upload;
  }
}
