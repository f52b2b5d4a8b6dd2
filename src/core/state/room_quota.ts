import {
  MAX_ROOMS_MADE_ON_THIS_MACHINE,
  MAX_ROOMS_MADE_PER_ADDRESS,
  MAX_ROOMS_MADE_PER_MEMBER,
  MAX_ROOMS_PREPARED_PER_ACCOUNT,
  RESERVED_ROOMS,
} from "../../protocol/limits.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { Quota, type Source } from "./quota.ts";
import { OWNERS, type Room } from "./room.ts";

/** Counts the rooms that exist by who made and who prepared them. */
export class RoomQuota {
  readonly #maxRooms: number;
  readonly #made = new Quota({
    member: MAX_ROOMS_MADE_PER_MEMBER,
    address: MAX_ROOMS_MADE_PER_ADDRESS,
    thisMachine: MAX_ROOMS_MADE_ON_THIS_MACHINE,
  });
  readonly #prepared = new Map<string, number>();

  constructor(maxRooms: number) {
    this.#maxRooms = maxRooms;
  }

  /** Throws `forbidden` where one room more than the `existing` ones is too many. `reserve` opens what is reserved. */
  check(existing: number, maker: Source, reserve: boolean): void {
    const reserved = reserve ? 0 : Math.min(RESERVED_ROOMS, Math.floor(this.#maxRooms / 10));
    if (existing >= this.#maxRooms - reserved) {
      throw new ProtocolError("forbidden", `The server has reached its limit of rooms: join one that exists`);
    }
    const reached = this.#made.reached(maker);
    if (reached === undefined) return;
    const { who, limit } = reached;
    throw new ProtocolError(
      "forbidden",
      `${who} made ${limit} rooms that still exist: remove one of them, or join one that exists`,
    );
  }

  add({ maker, preparedBy }: Room): void {
    this.#made.add(maker);
    if (preparedBy !== undefined) this.#count(preparedBy, 1);
  }

  remove({ maker, preparedBy }: Room): void {
    this.#made.remove(maker);
    if (preparedBy !== undefined) this.#count(preparedBy, -1);
  }

  /** Counts the room for a member who was not known when it was made. */
  claim(room: Room, member: string): void {
    if (room.maker.from === undefined || room.maker.member !== undefined) return;
    this.#made.remove(room.maker);
    room.maker = { ...room.maker, member };
    this.#made.add(room.maker);
  }

  /** Notes who prepared the room. False where it has been prepared, or an account has prepared as many as it may. */
  prepare(room: Room, by: string): boolean {
    if (room.preparedBy !== undefined) return false;
    if (by !== OWNERS && (this.#prepared.get(by) ?? 0) >= MAX_ROOMS_PREPARED_PER_ACCOUNT) return false;
    room.preparedBy = by;
    this.#count(by, 1);
    return true;
  }

  /** An account has ended: what it prepared stays. */
  release(account: string): void {
    this.#prepared.delete(account);
  }

  #count(by: string, change: number): void {
    const count = (this.#prepared.get(by) ?? 0) + change;
    if (count > 0) this.#prepared.set(by, count);
    else this.#prepared.delete(by);
  }
}
