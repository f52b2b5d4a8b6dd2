/** The items of the menus: a slash command, or a panel. */

import type { ClientState } from "../../client/state/client_state.ts";
import type { MemberInfo } from "../../protocol/messages/messages.ts";
import type { PageChat } from "../page_chat.ts";

/** An action of a moderator on a member. */
export type ModerationAct = "mute" | "kick" | "ban" | "allow" | "appoint" | "dismiss";

/** A panel that opens over the page. */
export type PanelRequest =
  | { readonly type: "whois"; readonly name: string }
  | { readonly type: "moderation"; readonly act: ModerationAct; readonly name: string; readonly room: string }
  | { readonly type: "room"; readonly room: string }
  | { readonly type: "server" | "devices" | "invites" | "settings" };

export type MenuAction =
  | PanelRequest
  /** A slash command to run, or to begin if it ends with a space: the user writes the rest. */
  | { readonly type: "line"; readonly line: string }
  /** Shows the address of the open room. */
  | { readonly type: "share" };

export interface MenuItem {
  readonly label: string;
  readonly action: MenuAction;
}

/** For the user's own name, devices and invites. `role` is that on the whole server. */
export function accountMenu({ you }: ClientState, role: ServerRole): readonly MenuItem[] {
  const trusted: readonly MenuItem[] = [
    { label: "Invites…", action: { type: "invites" } },
    { label: "The whole server…", action: { type: "server" } },
  ];
  return [
    { label: "Show the address", action: { type: "share" } },
    ...role === undefined ? [] : trusted,
    { label: "Who am I?", action: { type: "whois", name: you?.name ?? "" } },
    lineItem("Change my name…", "/name "),
    lineItem("Say that I am away…", "/away "),
    lineItem("Protect my name", "/register"),
    lineItem("Log in…", "/login "),
    { label: "My devices", action: { type: "devices" } },
    { label: "Settings", action: { type: "settings" } },
    lineItem("All commands", "/help"),
  ];
}

const MODERATION: readonly (readonly [label: string, act: ModerationAct])[] = [
  ["Mute…", "mute"],
  ["Remove from the room…", "kick"],
  ["Ban…", "ban"],
  ["Allow again…", "allow"],
];

/** For one other member. Moderators of the open room may moderate there. */
export function memberMenu(
  { client, conversations, state, maxCallMembers }: PageChat,
  member: MemberInfo,
): readonly MenuItem[] {
  const { name, role } = member;
  const items: readonly MenuItem[] = [
    lineItem("Direct message", `/msg ${name}`),
    ...maxCallMembers === undefined ? [] : [lineItem("Call", `/call ${name}`)],
    { label: "Who is this?", action: { type: "whois", name } },
    client.ignored.has(member)
      ? lineItem("Show messages again", `/unignore ${name}`)
      : lineItem("Ignore", `/ignore ${name}`),
  ];
  const place = conversations.current?.partner;
  if (place?.kind !== "room" || !moderatesIn(state, place.room)) return items;
  const { room } = place;
  const item = (label: string, act: ModerationAct): MenuItem => {
    return { label, action: { type: "moderation", act, name, room } };
  };
  const last = role === "moderator"
    ? item("Take the moderator's role…", "dismiss")
    : item("Make a moderator…", "appoint");
  return [...items, ...MODERATION.map(([label, act]) => item(label, act)), ...role === "owner" ? [] : [last]];
}

function lineItem(label: string, line: string): MenuItem {
  return { label, action: { type: "line", line } };
}

/** Whether the user may moderate in the room. */
export function moderatesIn({ rooms, you, owner }: ClientState, room: string): boolean {
  return owner === true || rooms.get(room)?.members.get(you?.id ?? "")?.role !== undefined;
}

export type ServerRole = "owner" | "moderator" | undefined;

/** The user's role on the whole server. Asks the server about users who moderate a room: they may moderate all. */
export async function serverRole({ state, replies }: PageChat): Promise<ServerRole> {
  const { you, owner, rooms } = state;
  if (owner) return "owner";
  if (you === undefined || !rooms.keys().some((room) => moderatesIn(state, room))) return undefined;
  try {
    const { member } = await replies.ask({ type: "whois", name: you.name }, "whois");
    return member.role === "moderator" ? "moderator" : undefined;
  } catch {
    return undefined;
  }
}
