/** Members who have lost their connection, and who may return to their rooms unnoticed. */

import { GRACE_MS } from "../../../protocol/limits.ts";
import type { LeaveReason } from "../../../protocol/messages/messages.ts";
import type { Member, RoomMembership } from "./member.ts";

/** A membership whose member has lost the connection and may return unnoticed. */
export interface Absence {
  readonly member: Member;
  readonly membership: RoomMembership;
  /** The value of `membership.absent` for this absence. */
  readonly absent: NonNullable<RoomMembership["absent"]>;
}

export class Absences {
  /** In the order in which their grace ends. */
  private readonly absences = new Set<Absence>();

  /** Notes that the member has lost their last session. They stay in the room until `takeExpired` returns the absence. */
  add(member: Member, membership: RoomMembership, reason: LeaveReason, now: number): void {
    const absent = { until: now + GRACE_MS, reason };
    membership.absent = absent;
    this.absences.add({ member, membership, absent });
  }

  /** Removes and returns the absences whose grace is over. */
  takeExpired(now: number): Absence[] {
    const expired = [];
    for (const absence of this.absences) {
      if (absence.absent.until > now) break;
      this.absences.delete(absence);
      // A member who returned has no absence, or a newer one if they left again.
      if (absence.membership.absent === absence.absent) expired.push(absence);
    }
    return expired;
  }
}
