/** The parts of a hub that its image names: classes, constants, and objects that each start of the server makes. */

import { UuidSource } from "../../protocol/uuid.ts";
import type { HistoryReader, HubOptions } from "../hub_options.ts";
import { RandomStream } from "../random_stream.ts";
import { Accounts } from "../state/accounts.ts";
import { SERVER } from "../state/active_restriction.ts";
import { Calls } from "../state/calls.ts";
import { ConversationCache, DirectConversation } from "../state/direct_conversation.ts";
import { CancelledBytes } from "../state/files/cancelled_bytes.ts";
import { FileQuota } from "../state/files/file_quota.ts";
import { Uploads } from "../state/files/uploads.ts";
import { HashTickets } from "../state/hash_tickets.ts";
import { Invites } from "../state/invites.ts";
import { Links } from "../state/links.ts";
import { Absences } from "../state/members/absences.ts";
import { AbsentMembers } from "../state/members/absent_members.ts";
import { AwayState } from "../state/members/away_state.ts";
import { MemberDevices } from "../state/members/member_devices.ts";
import { MemberNames } from "../state/members/member_names.ts";
import { Member, NOTICE_RATE } from "../state/members/member.ts";
import { OwnedNames } from "../state/members/owned_names.ts";
import { COMMAND_RATE, Session } from "../state/members/session.ts";
import { PasswordAttempts, REGISTRATIONS } from "../state/password_attempts.ts";
import { ADDRESS_RATE, ConversationQuota, MEMBER_RATE } from "../state/quotas/conversation_quota.ts";
import { Quota } from "../state/quotas/quota.ts";
import { RestrictionQuota } from "../state/quotas/restriction_quota.ts";
import { RoomQuota } from "../state/quotas/room_quota.ts";
import { OWNER } from "../state/ranks.ts";
import { RecentEntries } from "../state/recent_entries.ts";
import { RecentMarks } from "../state/recent_marks.ts";
import { Registry } from "../state/registry.ts";
import { Restrictions } from "../state/restrictions.ts";
import { Roles } from "../state/roles.ts";
import { Room } from "../state/room.ts";
import { ScopedRecords } from "../state/scoped_records.ts";
import { TokenBucket } from "../state/token_bucket.ts";
import type { GraphTable } from "./graph_table.ts";

const CLASSES = {
  ...{ AbsentMembers, Absences, Accounts, AwayState, Calls, CancelledBytes, ConversationCache, ConversationQuota },
  ...{ DirectConversation, FileQuota, HashTickets, Invites, Links, Member, MemberDevices, MemberNames, OwnedNames },
  ...{ PasswordAttempts, Quota, RandomStream, RecentEntries, RecentMarks, Registry, RestrictionQuota, Restrictions },
  ...{ Roles, Room, RoomQuota, ScopedRecords, Session, TokenBucket, Uploads, UuidSource },
};

/** Objects that the state refers to and never changes. */
const CONSTANTS = { ADDRESS_RATE, COMMAND_RATE, MEMBER_RATE, NOTICE_RATE, OWNER, REGISTRATIONS, SERVER };

/** The table for images of a hub. */
export function hubTable(server: HubOptions["server"], historyReader: HistoryReader): GraphTable {
  return { classes: CLASSES, externals: { ...CONSTANTS, server, historyReader } };
}
