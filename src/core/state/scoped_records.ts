import type { Effect, KeptRecord } from "../effect.ts";

/** An item that holds in one room or on the whole server. */
interface Scoped {
  readonly id: string;
  /** `undefined` for the whole server. */
  readonly room?: string;
}

/** Items of one kind of record, by id and by room. Some of them are kept in the store. */
export class ScopedRecords<T extends Scoped> {
  private readonly kind: KeptRecord["kind"];
  private readonly all = new Map<string, T>();
  /** Ids by room. */
  private readonly idsByRoom = new Map<string, Set<string>>();
  /** Ids of the items that are in the store. */
  private readonly kept = new Set<string>();

  constructor(kind: KeptRecord["kind"]) {
    this.kind = kind;
  }

  /** The items of this kind in the store. They are added by `restore`. */
  *read(records: Iterable<KeptRecord>): Iterable<T> {
    for (const { kind, key, value } of records) {
      if (kind === this.kind) yield { ...value, id: key } as unknown as T;
    }
  }

  withId(id: string): T | undefined {
    return this.all.get(id);
  }

  /** All items, oldest first. */
  values(): Iterable<T> {
    return this.all.values();
  }

  /** Items of the room, oldest first. */
  inRoom(room: string): T[] {
    return Array.from(this.idsByRoom.get(room) ?? [], (id) => this.all.get(id)!);
  }

  /** Adds an item that the store has. */
  restore(item: T): void {
    this.add(item);
    this.kept.add(item.id);
  }

  add(item: T): void {
    this.all.set(item.id, item);
    if (item.room === undefined) return;
    let ids = this.idsByRoom.get(item.room);
    if (ids === undefined) this.idsByRoom.set(item.room, ids = new Set());
    ids.add(item.id);
  }

  remove({ id, room }: T, effects: Effect[]): void {
    this.all.delete(id);
    const ids = room === undefined ? undefined : this.idsByRoom.get(room);
    ids?.delete(id);
    if (ids?.size === 0) this.idsByRoom.delete(room!);
    if (this.kept.delete(id)) effects.push({ type: "keepRecord", kind: this.kind, key: id });
  }

  /** Keeps the item, as it is now, in the store. */
  keep(item: T, effects: Effect[]): void {
    this.all.set(item.id, item);
    this.kept.add(item.id);
    const { id, ...value } = item;
    effects.push({ type: "keepRecord", kind: this.kind, key: id, value });
  }

  /** The chosen items that are not in the store. */
  unkept(choose: (item: T) => boolean): T[] {
    return [...this.all.values()].filter((item) => !this.kept.has(item.id) && choose(item));
  }
}
