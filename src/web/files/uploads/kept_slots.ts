import * as v from "valibot";
import { MAX_TRANSFERS } from "../../../protocol/limits.ts";
import type { JsonStore } from "../../model/browser_storage.ts";
import type { FileSlot } from "../slot_requests.ts";
import type { SlicedFile } from "./hashed_file.ts";

const KEY = "slots";
const SLOTS = v.pipe(
  v.array(v.object({
    member: v.string(),
    name: v.string(),
    size: v.number(),
    modified: v.number(),
    slot: v.object({ id: v.string(), token: v.string(), path: v.string() }),
  })),
  v.maxLength(MAX_TRANSFERS),
);
type KeptSlot = v.InferOutput<typeof SLOTS>[number];

/** The slots of files on their way, in the tab's store: the same file, chosen again after a reload, goes on in its slot. */
export class KeptSlots {
  readonly #store: JsonStore;
  readonly #member: () => string | undefined;
  #slots: readonly KeptSlot[];
  /** Slots of an earlier page that no file has taken. */
  readonly #earlier: Set<KeptSlot>;

  /** `member` returns the id of our member. */
  constructor(store: JsonStore, member: () => string | undefined) {
    this.#store = store;
    this.#member = member;
    const stored = v.safeParse(SLOTS, store.read(KEY));
    this.#slots = stored.success ? stored.output : [];
    this.#earlier = new Set(this.#slots);
  }

  /** Returns the slot in which an earlier page has begun to send this file, once. */
  take({ name, size, lastModified }: SlicedFile): FileSlot | undefined {
    const isOf = (kept: KeptSlot) =>
      kept.member === this.#member() && kept.name === name && kept.size === size && kept.modified === lastModified;
    const found = [...this.#earlier].find(isOf);
    if (found !== undefined) this.#earlier.delete(found);
    return found?.slot;
  }

  /** Keeps the slot of a file. The oldest ones are forgotten first. */
  keep({ name, size, lastModified: modified }: SlicedFile, { id, token, path }: FileSlot): void {
    const member = this.#member();
    if (member === undefined || modified === undefined) return;
    const slot = { member, name, size, modified, slot: { id, token, path } };
    this.#save([...this.#slots, slot].slice(-MAX_TRANSFERS));
  }

  /** The slot has ended, or will get no more bytes. */
  forget({ id }: Pick<FileSlot, "id">): void {
    this.#save(this.#slots.filter(({ slot }) => slot.id !== id));
  }

  #save(slots: readonly KeptSlot[]): void {
    this.#slots = slots;
    this.#store.write(KEY, slots.length === 0 ? undefined : slots);
  }
}
