import { MAX_AWAY_LIST_BYTES, PRESENCE_ABOVE_MEMBERS } from "../../../protocol/limits.ts";
import type { Away, MemberInfo } from "../../../protocol/messages/messages.ts";
import { utf8Length } from "../../../protocol/text/utf8_length.ts";
import type { Member } from "../../state/members/member.ts";
import { describeMember } from "../../state/ranks.ts";
import type { Registry } from "../../state/registry.ts";
import type { Room } from "../../state/room.ts";

/**
 * The members of a room, latest speakers first, with who is away. The texts of the first ones are in it, up to
 * `MAX_AWAY_LIST_BYTES` of them.
 */
export function describeMembers(registry: Registry, room: Room<Member>): MemberInfo[] {
  let bytesLeft = MAX_AWAY_LIST_BYTES;
  return room.listMembers().map((member) => {
    const described = describeMember(registry, member, room.name);
    const away = member.away?.told;
    if (away === undefined) return described;
    bytesLeft -= away.text === undefined ? 0 : utf8Length(JSON.stringify(away.text));
    return { ...described, away: bytesLeft < 0 ? withoutText(away) : away };
  });
}

/** As `describeMembers`. Without who is away in a crowded room, where no changes of it are told. */
export function introduceMembers(registry: Registry, room: Room<Member>): MemberInfo[] {
  if (room.size <= PRESENCE_ABOVE_MEMBERS) return describeMembers(registry, room);
  return room.listMembers().map((member) => describeMember(registry, member, room.name));
}

/** The member with what others know of their being away. */
export function describeAway(described: MemberInfo, away: Away | undefined): MemberInfo {
  return away === undefined ? described : { ...described, away };
}

function withoutText({ text: _, ...away }: Away): Away {
  return away;
}
