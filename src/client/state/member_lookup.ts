/** Finds members in the client's state, by name or by id. */

import type { MemberInfo, Partner } from "../../protocol/messages/messages.ts";
import { foldName } from "../../protocol/text/names.ts";
import { isUuid } from "../../protocol/uuid.ts";
import type { ClientState } from "./client_state.ts";

/** The member with this name among those who are listed in our rooms. */
export function presentMember({ rooms }: ClientState, name: string): MemberInfo | undefined {
  const folded = foldName(name);
  for (const { members } of rooms.values()) {
    for (const member of members.values()) if (foldName(member.name) === folded) return member;
  }
  return undefined;
}

/** The id of the member with this name or id, if we share a room or have a conversation with them. */
export function memberIdOf(state: ClientState, to: string): string | undefined {
  return isUuid(to) ? to : presentMember(state, to)?.id ?? partnerNamed(state, to)?.id;
}

/** The partner of a known conversation with this name. */
export function partnerNamed({ conversations }: ClientState, name: string): Partner | undefined {
  const folded = foldName(name);
  return conversations.values().find(({ partner }) => foldName(partner.name) === folded)?.partner;
}

/** The member with this id among those who are listed in our rooms. */
export function listedMember({ rooms }: ClientState, id: string): MemberInfo | undefined {
  for (const { members } of rooms.values()) {
    const member = members.get(id);
    if (member !== undefined) return member;
  }
  return undefined;
}
