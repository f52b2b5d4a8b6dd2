import {
  MAX_ORDERS,
  MAX_ORDERS_OF_THIS_MACHINE,
  MAX_ORDERS_PER_ADDRESS,
  MAX_ORDERS_PER_MEMBER,
  RESERVED_ORDERS,
} from "../../protocol/limits.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { Quota, type Source } from "./quota.ts";
import { SERVER, type Standing } from "./active_restriction.ts";

/** Counts orders in force. The moderator that a room begins with does not count: rooms are bounded themselves. */
export class OrderQuota {
  readonly #quota = new Quota({
    member: MAX_ORDERS_PER_MEMBER,
    address: MAX_ORDERS_PER_ADDRESS,
    thisMachine: MAX_ORDERS_OF_THIS_MACHINE,
  });
  #all = 0;
  /** Orders that neither owners nor moderators of all rooms laid down. */
  #untrusted = 0;

  /** Throws `forbidden` where one more order is too many. */
  check(order: Standing): void {
    if (!counts(order)) return;
    if (this.#all >= MAX_ORDERS) {
      throw new ProtocolError(
        "forbidden",
        `The server has reached its limit of ${MAX_ORDERS} orders: end some of them`,
      );
    }
    if (order.trusted) return;
    if (this.#untrusted >= MAX_ORDERS - RESERVED_ORDERS) {
      throw new ProtocolError(
        "forbidden",
        "The server has reached its limit of orders by moderators of rooms: ask its owner to end some of them",
      );
    }
    const reached = this.#quota.reached(sourceOf(order));
    if (reached === undefined) return;
    const { who, limit } = reached;
    throw new ProtocolError("forbidden", `${who} ${limit} orders in force: end some of them first`);
  }

  add(order: Standing): void {
    if (!counts(order)) return;
    this.#all++;
    if (order.trusted) return;
    this.#untrusted++;
    this.#quota.add(sourceOf(order));
  }

  remove(order: Standing): void {
    if (!counts(order)) return;
    this.#all--;
    if (order.trusted) return;
    this.#untrusted--;
    this.#quota.remove(sourceOf(order));
  }
}

function sourceOf({ by, from }: Standing): Source {
  return { member: by.id, from };
}

/** False for the moderator that a room begins with. */
function counts({ kind, by }: Standing): boolean {
  return kind !== "moderator" || by.id !== undefined || by.name !== SERVER.name;
}
