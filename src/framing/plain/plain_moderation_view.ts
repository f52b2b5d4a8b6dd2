import type {
  AccountEvent,
  Actor,
  AuditEntry,
  InviteSummary,
  ModerationEvent,
  ModeratorGrant,
  Restriction,
  RestrictionEvent,
  RoleEvent,
} from "../../protocol/messages/messages.ts";
import { star } from "./star.ts";

/** What is told about accounts, invites and order, in sentences. */
export function moderationView(event: AccountEvent | ModerationEvent): string {
  switch (event.type) {
    case "authenticated":
      return star(event.name === undefined ? "You are the owner now" : `The password of ${event.name} is right`);
    case "registered":
      return star(`The name ${event.name} is yours: /login ${event.name} PASSWORD brings you back`);
    case "sessions":
      return event.sessions.map(({ id, seen, current }) =>
        star(`${id} last seen ${dateTime(seen)}${current ? ", this one" : ""}`)
      ).join("");
    case "revoked":
      return star(`${event.session ?? event.invite} is revoked`);
    case "invite":
      return star(`Invite ${event.id} until ${dateTime(event.expires)}: ${event.words}`);
    case "invites":
      return listed(event.invites.map(inviteLine), event.count, "No invites");
    case "restriction":
      return star(happened(event));
    case "role":
      return star(roleSentence(event));
    case "restrictions":
      return listed(
        [...event.restrictions.map(orderLine), ...event.moderators.map(moderatorLine)],
        event.count,
        "Nothing is in force",
      );
    case "notice":
      return star(event.text);
    case "audit":
      return listed(event.entries.map(entryLine), event.entries.length, "Nothing was done");
    default:
      return event satisfies never;
  }
}

function listed(lines: readonly string[], count: number, none: string): string {
  if (count === 0) return star(none);
  const rest = count - lines.length;
  return lines.map(star).join("") + (rest > 0 ? star(`and ${rest} more`) : "");
}

function inviteLine({ id, room, expires, uses, used, by }: InviteSummary): string {
  const count = uses === undefined ? `used ${used} times` : `used ${used} of ${uses} times`;
  return `${id} to ${room === undefined ? "the server" : `#${room}`} by ${by}, ${count}, until ${dateTime(expires)}`;
}

function happened({ restriction: order, by, off }: RestrictionEvent): string {
  const reason = order.reason === undefined ? "" : ` (${order.reason})`;
  return `${nameOf(by)} ${(off ? LIFTED : LAID_DOWN)[order.kind](order)}${reason}`;
}

function roleSentence({ member, room, by, off }: RoleEvent): string {
  const place = placeOf({ room });
  return off
    ? `${nameOf(by)} took the role of a moderator of ${place} from ${member.name}`
    : `${nameOf(by)} made ${member.name} a moderator of ${place}`;
}

type Sentences = Readonly<Record<Restriction["kind"], (order: Restriction) => string>>;

const LAID_DOWN: Sentences = {
  ban: (order) => `banned ${targetOf(order)} from ${placeOf(order)}${until(order)}`,
  mute: (order) => `muted ${targetOf(order)} in ${placeOf(order)}${until(order)}`,
  lock: (order) => `locked ${placeOf(order)}: ${order.password ? "its password" : "an invitation"} opens it`,
  slow: (order) => `slowed ${placeOf(order)}: one message in ${order.seconds} s for each`,
  lockdown: () => "closed the server: nobody new comes in, and only registered names write",
  allow: (order) => `let ${targetOf(order)} into ${placeOf(order)}`,
};

const LIFTED: Sentences = {
  ban: (order) => `lifted the ban of ${targetOf(order)} from ${placeOf(order)}`,
  mute: (order) => `let ${targetOf(order)} speak again in ${placeOf(order)}`,
  lock: (order) => `unlocked ${placeOf(order)}`,
  slow: (order) => `lets ${placeOf(order)} write at any pace again`,
  lockdown: () => "opened the server again",
  allow: (order) => `no longer lets ${targetOf(order)} into ${placeOf(order)}`,
};

function orderLine(order: Restriction): string {
  const what = [order.kind, order.member?.name, order.address].filter((part) => part !== undefined).join(" ");
  const pace = order.kind === "slow" ? `, ${order.seconds} s` : "";
  const reason = order.reason === undefined ? "" : ` (${order.reason})`;
  return `${order.id} ${what} in ${placeOf(order)}${pace} by ${nameOf(order.by)}${until(order)}${reason}`;
}

function moderatorLine(grant: ModeratorGrant): string {
  return `${grant.id} moderator ${grant.member.name} in ${placeOf(grant)} by ${nameOf(grant.by)}`;
}

function entryLine({ at, by, action, room, target, address, reason }: AuditEntry): string {
  const what = [action, target?.name, address].filter((part) => part !== undefined).join(" ");
  return `${dateTime(at)} ${nameOf(by)}: ${what}${room === undefined ? "" : ` in #${room}`}${
    reason === undefined ? "" : ` (${reason})`
  }`;
}

function targetOf({ member, address }: Restriction): string {
  return member?.name ?? address ?? "an address";
}

function placeOf({ room }: Pick<Restriction, "room">): string {
  return room === undefined ? "the whole server" : `#${room}`;
}

function nameOf({ id, name }: Actor): string {
  return id === undefined ? `the ${name}` : name;
}

function until({ until }: Restriction): string {
  return until === undefined ? "" : ` until ${dateTime(until)}`;
}

/** In the server's zone, as all times for people on `nc` are. */
function dateTime(at: string): string {
  const time = new Date(at);
  const parts = [time.getMonth() + 1, time.getDate(), time.getHours(), time.getMinutes()];
  const [month, day, hours, minutes] = parts.map((part) => String(part).padStart(2, "0"));
  return `${time.getFullYear()}-${month}-${day} ${hours}:${minutes}`;
}
