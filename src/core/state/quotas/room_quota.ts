import {
  MAX_ROOMS_MADE_ON_THIS_MACHINE,
  MAX_ROOMS_MADE_PER_ADDRESS,
  MAX_ROOMS_MADE_PER_MEMBER,
  MAX_ROOMS_PREPARED_PER_ACCOUNT,
  RESERVED_ROOMS,
} from "../../../protocol/limits.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { Quota, type Source } from "./quota.ts";
import { OWNERS, type Room } from "../room.ts";

/** Counts existing rooms by maker and by the account that prepared them. */
export class RoomQuota {
  /** Rooms of the server. */
  limit: number;
  private readonly made = new Quota({
    member: MAX_ROOMS_MADE_PER_MEMBER,
    address: MAX_ROOMS_MADE_PER_ADDRESS,
    thisMachine: MAX_ROOMS_MADE_ON_THIS_MACHINE,
  });
  /** Number of prepared rooms by account. */
  private readonly prepared = new Map<string, number>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /**
   * Throws `forbidden` if the maker may not create a room besides the `existing` ones. With `reserve`,
   * reserved places count, too.
   */
  check(existing: number, maker: Source, reserve: boolean): void {
    const reserved = reserve ? 0 : Math.min(RESERVED_ROOMS, Math.floor(this.limit / 10));
    if (existing >= this.limit - reserved) {
      throw new ProtocolError("forbidden", "The server has reached its limit of rooms: join an existing one");
    }
    const reached = this.made.reached(maker);
    if (reached === undefined) return;
    const { who, limit } = reached;
    throw new ProtocolError(
      "forbidden",
      `${who} created ${limit} rooms that still exist: remove one of them, or join an existing one`,
    );
  }

  add({ maker, preparedBy }: Room): void {
    this.made.add(maker);
    if (preparedBy !== undefined) this.count(preparedBy, 1);
  }

  remove({ maker, preparedBy }: Room): void {
    this.made.remove(maker);
    if (preparedBy !== undefined) this.count(preparedBy, -1);
  }

  /** Counts the room for its maker, who had no id when it was created. */
  claim(room: Room, member: string): void {
    if (room.maker.from === undefined || room.maker.member !== undefined) return;
    this.made.remove(room.maker);
    room.maker = { ...room.maker, member };
    this.made.add(room.maker);
  }

  /** Notes that `by` prepared the room. False if the room is prepared already, or the account has reached its limit. */
  prepare(room: Room, by: string): boolean {
    if (room.preparedBy !== undefined) return false;
    if (by !== OWNERS && (this.prepared.get(by) ?? 0) >= MAX_ROOMS_PREPARED_PER_ACCOUNT) return false;
    room.preparedBy = by;
    this.count(by, 1);
    return true;
  }

  /** Drops the count of an account that has ended. Its rooms stay prepared. */
  release(account: string): void {
    this.prepared.delete(account);
  }

  private count(by: string, change: number): void {
    const count = (this.prepared.get(by) ?? 0) + change;
    if (count > 0) this.prepared.set(by, count);
    else this.prepared.delete(by);
  }
}
