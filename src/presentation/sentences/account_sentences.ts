/** Sentences about accounts, logins and invites. */

import { inviteWords } from "../../protocol/address/invite_link.ts";
import type {
  AccountSession,
  AuthenticatedEvent,
  DevicesEvent,
  InviteEvent,
  InvitesEvent,
  InviteSummary,
  LinkEvent,
  RegisteredEvent,
  RevokedEvent,
  SessionsEvent,
} from "../../protocol/messages/messages.ts";
import { counted, entryMark, entryWord, type Markup, roomText } from "./markup.ts";
import { moreRow } from "./room_sentences.ts";

/** Names the member whose password is correct. The client joins as that member next, which has a sentence of its own. */
export function authenticatedSentence({ role, name, token }: AuthenticatedEvent, markup: Markup): string {
  if (token !== undefined && name !== undefined) return `The password of ${markup.name(name)} is correct`;
  return role === "owner" ? "You are the owner of this server now" : "You are logged in";
}

export function registeredSentence({ name }: RegisteredEvent, markup: Markup): string {
  const login = `/login ${markup.text(name)}${markup.client === "plain" ? " PASSWORD" : ""}`;
  return `The name ${markup.name(name)} is yours: log in elsewhere with ${login}`;
}

export function sessionsText({ sessions }: SessionsEvent, markup: Markup): string[] {
  if (sessions.length === 0) return ["You have no account: /register protects your name"];
  return [
    `Your devices; /sessions end ${entryWord(markup)} ends one`,
    ...sessions.map((session, index) => entryMark(index, session.id, markup) + sessionText(session, markup)),
  ];
}

/** A device of the reader, without its number. */
export function sessionText({ kind, name, since, seen, vouched, current }: AccountSession, markup: Markup): string {
  return [
    name && markup.text(`${name} (${kind ?? "device"})`),
    `since ${markup.moment(since)}`,
    `seen ${markup.moment(seen)}`,
    vouched && "vouched for by the server",
    current && "this one",
  ].filter(Boolean).join(", ");
}

export function devicesText({ devices }: DevicesEvent, markup: Markup): string[] {
  return [
    "Your devices",
    ...devices.map(({ kind, name, since, current }, index) => {
      const what = markup.text(name === "" ? kind : `${name} (${kind})`);
      return `${index + 1} ${what}, since ${markup.moment(since)}${current ? ", this one" : ""}`;
    }),
  ];
}

/** A step of linking a device. */
export function linkSentence(event: LinkEvent, markup: Markup): string {
  const { step, words, expires, kind, name, member, accepted } = event;
  if (step === "begun") {
    const code = markup.text(inviteWords(words ?? "").join(" "));
    return `The code for another device is ${code}, until ${markup.moment(expires ?? "")}`;
  }
  if (step === "answered") return accepted ? "The device is admitted" : "The device was refused";
  if (member !== undefined) return `Waiting for ${markup.name(member.name)} to admit this device`;
  return `${markup.text(`${name} (${kind})`)} wants to be you on another device`;
}

export function revokedSentence({ session }: Pick<RevokedEvent, "session">): string {
  return session === undefined ? "That invite is no longer valid" : "You are logged out there";
}

export function inviteSentence({ room, expires, uses }: InviteEvent, markup: Markup): string {
  const people = uses === undefined ? "" : uses === 1 ? ", for one person" : `, for ${counted(uses)} people`;
  const place = room === undefined ? "" : ` to ${roomText(room, markup)}`;
  return `Invite${place}, valid until ${markup.moment(expires)}${people}`;
}

/** The secret of an invite in words. The server sends it only once. */
export function inviteWordsText({ words }: InviteEvent): string {
  return `Instead of a password: ${inviteWords(words).join(" ")}`;
}

export function invitesText({ invites, count }: InvitesEvent, markup: Markup): string[] {
  if (count === 0) return ["There are no invites: /invite creates one"];
  return [
    `Invites; /invites end ${entryWord(markup)} ends one`,
    ...invites.map((invite, index) => `${entryMark(index, invite.id, markup)}${inviteText(invite, markup)}`),
    ...moreRow(count - invites.length),
  ];
}

/** An invite, without its number. */
export function inviteText({ room, expires, uses, used, by }: InviteSummary, markup: Markup): string {
  const to = room === undefined ? "to the server" : `to ${roomText(room, markup)}`;
  const usage = uses === undefined ? `used ${counted(used)} times` : `used ${counted(used)} of ${counted(uses)} times`;
  return `${to}, ${usage}, valid until ${markup.moment(expires)}, by ${markup.name(by)}`;
}
