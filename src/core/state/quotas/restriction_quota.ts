import {
  MAX_RESTRICTIONS,
  MAX_RESTRICTIONS_OF_THIS_MACHINE,
  MAX_RESTRICTIONS_PER_ADDRESS,
  MAX_RESTRICTIONS_PER_MEMBER,
  RESERVED_RESTRICTIONS,
} from "../../../protocol/limits.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { Quota, type Source } from "./quota.ts";
import type { Actor } from "../../../protocol/messages/messages.ts";

/** A restriction or a role, as the quota counts it. */
interface Counted {
  readonly by: Actor;
  readonly from?: string;
  readonly trusted?: true;
}

/** Counts the restrictions and roles that moderators have in force, together. */
export class RestrictionQuota {
  private readonly quota = new Quota({
    member: MAX_RESTRICTIONS_PER_MEMBER,
    address: MAX_RESTRICTIONS_PER_ADDRESS,
    thisMachine: MAX_RESTRICTIONS_OF_THIS_MACHINE,
  });
  private all = 0;
  /** Items that neither owners nor moderators of all rooms made. */
  private untrusted = 0;

  /** Throws `forbidden` if one more is too many. */
  check(counted: Counted): void {
    if (this.all >= MAX_RESTRICTIONS) {
      throw new ProtocolError(
        "forbidden",
        `The server has reached its limit of ${MAX_RESTRICTIONS} restrictions: end some with /restrictions`,
      );
    }
    if (counted.trusted) return;
    if (this.untrusted >= MAX_RESTRICTIONS - RESERVED_RESTRICTIONS) {
      throw new ProtocolError(
        "forbidden",
        "The server has reached its limit of restrictions by moderators of rooms: ask its owner to end some of them",
      );
    }
    const reached = this.quota.reached(sourceOf(counted));
    if (reached === undefined) return;
    const { who, limit } = reached;
    throw new ProtocolError("forbidden", `${who} ${limit} restrictions in force: end some of them first`);
  }

  add(counted: Counted): void {
    this.all++;
    if (counted.trusted) return;
    this.untrusted++;
    this.quota.add(sourceOf(counted));
  }

  remove(counted: Counted): void {
    this.all--;
    if (counted.trusted) return;
    this.untrusted--;
    this.quota.remove(sourceOf(counted));
  }
}

function sourceOf({ by, from }: Counted): Source {
  return { member: by.id, from };
}
