import {
  MAX_RESTRICTIONS,
  MAX_RESTRICTIONS_OF_THIS_MACHINE,
  MAX_RESTRICTIONS_PER_ADDRESS,
  MAX_RESTRICTIONS_PER_MEMBER,
  RESERVED_RESTRICTIONS,
} from "../../protocol/limits.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { Quota, type Source } from "./quota.ts";
import { type ActiveRestriction, SERVER } from "./active_restriction.ts";

/** Counts orders in force. The moderator that a room begins with does not count: rooms are bounded themselves. */
export class RestrictionQuota {
  readonly #quota = new Quota({
    member: MAX_RESTRICTIONS_PER_MEMBER,
    address: MAX_RESTRICTIONS_PER_ADDRESS,
    thisMachine: MAX_RESTRICTIONS_OF_THIS_MACHINE,
  });
  #all = 0;
  /** Orders that neither owners nor moderators of all rooms laid down. */
  #untrusted = 0;

  /** Throws `forbidden` where one more order is too many. */
  check(order: ActiveRestriction): void {
    if (!counts(order)) return;
    if (this.#all >= MAX_RESTRICTIONS) {
      throw new ProtocolError(
        "forbidden",
        `The server has reached its limit of ${MAX_RESTRICTIONS} orders: end some of them`,
      );
    }
    if (order.trusted) return;
    if (this.#untrusted >= MAX_RESTRICTIONS - RESERVED_RESTRICTIONS) {
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

  add(order: ActiveRestriction): void {
    if (!counts(order)) return;
    this.#all++;
    if (order.trusted) return;
    this.#untrusted++;
    this.#quota.add(sourceOf(order));
  }

  remove(order: ActiveRestriction): void {
    if (!counts(order)) return;
    this.#all--;
    if (order.trusted) return;
    this.#untrusted--;
    this.#quota.remove(sourceOf(order));
  }
}

function sourceOf({ by, from }: ActiveRestriction): Source {
  return { member: by.id, from };
}

/** False for the moderator that a room begins with. */
function counts({ kind, by }: ActiveRestriction): boolean {
  return kind !== "moderator" || by.id !== undefined || by.name !== SERVER.name;
}
