import { MAX_AUDIT_ENTRIES, MAX_AUDIT_ENTRIES_PER_ROOM } from "../../protocol/limits.ts";
import type { AuditEntry } from "../../protocol/messages/messages.ts";
import type { AuditPage, NewAuditEntry } from "../store.ts";

/**
 * The audit log in memory. Trusted entries form one list; untrusted ones have a limited list per room.
 * Lists are oldest first.
 */
export class MemoryAudit {
  #trusted: AuditEntry[] = [];
  /** Trusted entries about rooms that were removed later. */
  readonly #ofEndedRooms = new WeakSet<AuditEntry>();
  readonly #byRoom = new Map<string, AuditEntry[]>();
  #count = 0;

  add({ trusted, ...rest }: NewAuditEntry): void {
    const entry = { nth: ++this.#count, ...rest };
    const { room } = entry;
    if (trusted || room === undefined) return void this.#trusted.push(entry);
    const entries = this.#byRoom.get(room) ?? [];
    entries.push(entry);
    if (entries.length > MAX_AUDIT_ENTRIES_PER_ROOM) entries.shift();
    this.#byRoom.set(room, entries);
  }

  removeRoom(room: string): void {
    this.#byRoom.delete(room);
    for (const entry of this.#trusted) if (entry.room === room) this.#ofEndedRooms.add(entry);
  }

  /** Newest first. */
  page({ room, before = Infinity, limit }: AuditPage): AuditEntry[] {
    const trusted = room === undefined
      ? this.#trusted
      : this.#trusted.filter((entry) => entry.room === room && !this.#ofEndedRooms.has(entry));
    const others = room === undefined ? [...this.#byRoom.values()] : [this.#byRoom.get(room) ?? []];
    const newest = [trusted, ...others].flatMap((list) => list.filter(({ nth }) => nth < before).slice(-limit));
    return newest.sort((a, b) => b.nth - a.nth).slice(0, limit);
  }

  /** Keeps the newest `MAX_AUDIT_ENTRIES` trusted entries, and as many untrusted ones. */
  prune(): void {
    this.#trusted = this.#trusted.slice(-MAX_AUDIT_ENTRIES);
    const all = [...this.#byRoom.values()].flat();
    if (all.length <= MAX_AUDIT_ENTRIES) return;
    const first = all.map(({ nth }) => nth).sort((a, b) => a - b).at(-MAX_AUDIT_ENTRIES)!;
    for (const [room, entries] of this.#byRoom) {
      const kept = entries.filter(({ nth }) => nth >= first);
      if (kept.length === 0) this.#byRoom.delete(room);
      else this.#byRoom.set(room, kept);
    }
  }

  clear(): void {
    this.#trusted = [];
    this.#byRoom.clear();
  }
}
