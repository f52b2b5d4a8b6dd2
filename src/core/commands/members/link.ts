/**
 * Linking a device: a session offers to admit another device, which claims the offer by its code or words; the first one
 * answers. The server passes on what both say, with a `proof` by which they notice what it changed on the way.
 */

import { ProtocolError } from "../../../protocol/errors.ts";
import { timestamp } from "../../../protocol/text/durations.ts";
import { type HubLinkCommand, isKeyDigest, keyDigest, keyOf } from "../../hub_command.ts";
import type { DeviceClaim } from "../../state/links.ts";
import { type Caller, joined, type Session } from "../../state/members/session.ts";
import { WrongPassword } from "../../state/password_attempts.ts";
import { send, type Turn } from "../../turn.ts";
import { applySigned, devicesOf, nameDevice } from "./device.ts";

export function link(turn: Turn, session: Session, command: HubLinkCommand): void {
  switch (command.step) {
    case "begin":
      return begin(turn, { session, member: joined(session) }, command);
    case "claim":
      return claim(turn, session, command);
    case "answer":
      return answer(turn, { session, member: joined(session) }, command);
    default:
      return command.step satisfies never;
  }
}

/** Offers to admit one device. Throws `forbidden` for members without a key. */
function begin(turn: Turn, caller: Caller, { ref, code, words, kind, name }: HubLinkCommand): void {
  const { registry, now } = turn;
  const { session, member } = caller;
  devicesOf(turn, caller);
  const host = kind === undefined || name === undefined ? undefined : { kind, name };
  const offer = { digests: [code!, words!], memberId: member.id, session: session.id, host };
  const { expires } = registry.links.begin(offer, now, registry.sessions, turn.effects);
  send(turn, session, { type: "link", ref, step: "begun", code, words, expires: timestamp(expires) });
}

/**
 * Asks the session that made the offer. The first claim is the only one, but its device may make it again on another
 * connection. Wrong codes count as wrong passwords.
 */
function claim(turn: Turn, session: Session, command: HubLinkCommand): void {
  const { registry, now } = turn;
  const { ref, key, kind, name, proof, digests } = command;
  if (digests === undefined || key === undefined || kind === undefined || name === undefined) {
    throw new ProtocolError("invalid", "Fields code, key, kind and name are needed to claim a code");
  }
  if (session.member !== undefined) {
    throw new ProtocolError("forbidden", "You have joined already: link a device before it joins");
  }
  const { passwordAttempts, links, sessions } = registry;
  passwordAttempts.check(session.passwordKeys, now, "invite");
  const found = digests.map((digest) => links.withDigest(digest, now));
  const offer = found[0] ?? found[1];
  const host = offer && sessions.get(offer.session);
  if (offer === undefined || host?.member === undefined) {
    throw new WrongPassword(
      "Wrong code, or one that has expired: ask for a new one on the other device",
      "account",
      "invite",
      passwordAttempts.note(session.passwordKeys, now),
    );
  }
  const isRepeated = offer.claim?.key === key;
  if (offer.claim !== undefined && !isRepeated) {
    throw new ProtocolError("forbidden", "Another device has used this code: ask for a new one on the other device");
  }
  checkUnowned(turn, key);
  offer.claim = { session: session.id, key, kind, name };
  session.noteClaim();
  const { member } = host;
  if (!isRepeated) send(turn, host, { type: "link", step: "claimed", key, kind, name, proof });
  const by = keyOf(host.tokenDigest);
  send(turn, session, { type: "link", ref, step: "claimed", key: by, member: member.info });
}

/** Admits the device that claimed the session's offer, or refuses it. The offer ends. */
function answer(turn: Turn, caller: Caller, command: HubLinkCommand): void {
  const { registry, now } = turn;
  const { session, member } = caller;
  const { ref, accept, proof } = command;
  const offer = registry.links.ofSession(session.id, now);
  const claimed = offer?.claim;
  if (claimed === undefined) {
    throw new ProtocolError("invalid", "No device has claimed your code, or it has expired: begin again");
  }
  const claimant = registry.sessions.get(claimed.session);
  if (accept === true && claimant === undefined) {
    throw new ProtocolError("invalid", "The other device has gone: begin again");
  }
  if (accept === true) admit(turn, caller, claimed, command);
  if (accept === true && offer?.host !== undefined) nameDevice(turn, caller, offer.host);
  registry.links.end(session.id);
  const answered = { type: "link" as const, step: "answered" as const, accepted: accept === true };
  const admitted = accept === true ? { proof, rooms: [...member.memberships.keys()] } : {};
  if (claimant !== undefined) send(turn, claimant, { ...answered, ...admitted });
  send(turn, session, { ...answered, ref });
}

function admit(turn: Turn, caller: Caller, { key }: DeviceClaim, { statement }: HubLinkCommand): void {
  if (statement?.action !== "add" || statement.key !== key) {
    throw new ProtocolError("invalid", "Field statement is missing, or does not add the key of the claim");
  }
  if (!isKeyDigest(caller.session.tokenDigest)) throw new ProtocolError("forbidden", "This client has no key");
  // While it waited, the other device may have joined by its key.
  checkUnowned(turn, key);
  applySigned(turn, caller, statement);
}

/** Throws `forbidden` if a member has the key: it would prove to be another member from then on. */
function checkUnowned({ registry, now }: Turn, key: string): void {
  if (registry.withToken(keyDigest(key), now) === undefined) return;
  throw new ProtocolError("forbidden", "The key belongs to a member already: make a new one");
}
