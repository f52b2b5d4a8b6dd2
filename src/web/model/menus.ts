/** The items of the menus: most stand for a slash command. */

import type { ClientState } from "../../client/state/client_state.ts";
import type { MemberInfo } from "../../protocol/messages/messages.ts";
import type { PageChat } from "../page_chat.ts";

export interface MenuItem {
  readonly label: string;
  /** The slash command to run, or to begin if it ends with a space: the user writes the rest. `undefined` shares the address. */
  readonly line?: string;
}

const SHARE: MenuItem = { label: "Show the address" };
const INVITE: MenuItem = { label: "Invite people", line: "/invite" };
const ACCOUNT: readonly MenuItem[] = [
  { label: "Change my name…", line: "/name " },
  { label: "Say that I am away…", line: "/away " },
  { label: "Protect my name", line: "/register" },
  { label: "Log in…", line: "/login " },
  { label: "My devices", line: "/sessions" },
  { label: "All commands", line: "/help" },
];

/** For the user's own name, devices and invites. */
export function accountMenu({ owner, you }: ClientState): readonly MenuItem[] {
  return owner || you?.role !== undefined ? [SHARE, INVITE, ...ACCOUNT] : [SHARE, ...ACCOUNT];
}

/** For one member. Moderators of the open room may moderate there. */
export function memberMenu({ client, conversations, state }: PageChat, member: MemberInfo): readonly MenuItem[] {
  const { name } = member;
  const place = conversations.current?.partner;
  const room = place?.kind === "room" ? state.rooms.get(place.room) : undefined;
  const you = room?.members.get(state.you?.id ?? "");
  const items = [
    { label: "Direct message", line: `/msg ${name}` },
    { label: "Who is this?", line: `/whois ${name}` },
    client.reader.ignores(member)
      ? { label: "Show messages again", line: `/unignore ${name}` }
      : { label: "Ignore", line: `/ignore ${name}` },
  ];
  if (room === undefined || (you?.role === undefined && !state.owner)) return items;
  const moderation = [["Mute", "mute"], ["Remove from the room", "kick"], ["Ban from the room", "ban"]];
  return [...items, ...moderation.map(([label, command]) => ({ label: `${label}…`, line: `/${command} ${name} ` }))];
}
