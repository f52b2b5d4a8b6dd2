/** Accounts and invites as lines for people. */

import { inviteWords } from "../../protocol/address/invite_link.ts";
import type {
  AccountSession,
  AuthenticatedEvent,
  InviteEvent,
  InvitesEvent,
  InviteSummary,
  RegisteredEvent,
  RevokedEvent,
  SessionsEvent,
} from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Style } from "./event_lines.ts";
import { counted, displayName, more, roomName } from "./labels.ts";

/** Whose password it was. That we come back as another member is told when we do. */
export function authenticatedLines({ role, name, token }: AuthenticatedEvent, style: Style): string[] {
  if (token !== undefined && name !== undefined) {
    return [`* The password of ${displayName(name, style.palette)} is right`];
  }
  return role === "owner" ? ["* You are the owner of this server now"] : [];
}

export function registeredLine({ name }: RegisteredEvent, style: Style): string {
  return `* The name ${displayName(name, style.palette)} is yours: /login ${
    sanitizeLine(name)
  } is how you get it elsewhere`;
}

export function sessionsLines({ sessions }: SessionsEvent, style: Style): string[] {
  if (sessions.length === 0) return ["* You have no account: /register makes your name yours"];
  const line = ({ since, seen, current }: AccountSession, index: number) => {
    const times = `since ${style.times.moment(since)}, seen ${style.times.moment(seen)}`;
    return `  ${index + 1}. ${times}${current ? ", this one" : ""}`;
  };
  return ["* You are logged in here; /sessions end N ends one", ...sessions.map(line)];
}

export function revokedLine({ session }: RevokedEvent): string {
  return session === undefined ? "* That invite lets nobody in any more" : "* You are logged out there";
}

/** The only time that the secret is told. */
export function inviteLines(event: InviteEvent, style: Style): string[] {
  const { room, expires, uses, words } = event;
  const people = uses === undefined ? "" : uses === 1 ? ", for one person" : `, for ${counted(uses)} people`;
  const head = `* An invite${roomPart(room)}, until ${style.times.moment(expires)}${people}`;
  const lines = style.invitation?.(event) ?? [`In place of a password: ${inviteWords(words).join(" ")}`];
  return [head, ...lines.map((line) => `  ${sanitizeLine(line)}`), ...style.qrCode?.(event) ?? []];
}

export function invitesLines({ invites, count: all }: InvitesEvent, style: Style): string[] {
  if (invites.length === 0) return ["* There are no invites: /invite makes one"];
  const rest = all - invites.length;
  return [
    "* Invites; /invites end N ends one",
    ...invites.map((invite, index) => `  ${index + 1}. ${summary(invite, style)}`),
    ...(rest > 0 ? [` ${more(rest)}`] : []),
  ];
}

function summary({ room, expires, uses, used, by }: InviteSummary, { palette, times }: Style): string {
  const to = room === undefined ? "to the server" : `to ${roomName(room)}`;
  const usage = uses === undefined ? `used ${counted(used)} times` : `used ${counted(used)} of ${counted(uses)} times`;
  return `${to}, ${usage}, until ${times.moment(expires)}, by ${displayName(by, palette)}`;
}

function roomPart(room: string | undefined): string {
  return room === undefined ? "" : ` to ${roomName(room)}`;
}
