/** The devices of a member: their list, and statements that change it. */

import { ProtocolError } from "../../../protocol/errors.ts";
import {
  applyStatement,
  type Device,
  type DeviceList,
  foundDevices,
  vouchDevice,
} from "../../../protocol/identity/device_list.ts";
import { MAX_DEVICES_PER_MEMBER } from "../../../protocol/limits.ts";
import type { AccountSession } from "../../../protocol/messages/messages.ts";
import { timestamp } from "../../../protocol/text/durations.ts";
import { type HubDeviceCommand, isKeyDigest, keyDigest, keyOf, type SignedStatement } from "../../hub_command.ts";
import type { Account } from "../../state/accounts.ts";
import { unnamedDevice } from "../../state/members/member_devices.ts";
import type { Member } from "../../state/members/member.ts";
import type { Caller } from "../../state/members/session.ts";
import { send, type Turn } from "../../turn.ts";
import { expel } from "../leave.ts";
import { keepMember } from "./kept_name.ts";

/**
 * Applies a statement that revokes a device, if there is one, and lists the devices. Only `link` adds a device, because there it
 * shows that it holds its key. Throws `forbidden` for members without a key.
 */
export function device(turn: Turn, caller: Caller, { ref, statement }: HubDeviceCommand): void {
  if (statement?.action === "add") {
    throw new ProtocolError(
      "invalid",
      "Field statement adds a device: use link, where the device shows that it has the key",
    );
  }
  if (statement !== undefined) applySigned(turn, caller, statement);
  const { devices, statements } = devicesOf(turn, caller);
  const own = caller.session.tokenDigest;
  send(turn, caller.session, {
    type: "devices",
    ref,
    devices: devices.map((each) => ({ ...each, ...keyDigest(each.key) === own ? { current: true as const } : {} })),
    statements,
  });
  if (statement !== undefined) endSessions(turn, caller, statement.key);
}

/** The member's list of devices: for a member with one key, a list of it alone. */
export function devicesOf({ registry, now }: Turn, { session, member }: Caller): DeviceList {
  const chat = registry.server.id;
  const known = registry.devices.of(member.id);
  if (known !== undefined) return { chat, member: member.id, ...known };
  if (!isKeyDigest(session.tokenDigest)) {
    throw new ProtocolError("forbidden", "This client has no key: a device without one cannot admit others");
  }
  return foundDevices(chat, member.id, unnamedDevice(keyOf(session.tokenDigest), timestamp(now)));
}

/** The devices as a list of sessions, latest used first. The id of each is its key. */
export function deviceSessions(turn: Turn, caller: Caller): AccountSession[] {
  const { registry, now } = turn;
  const { session, member } = caller;
  const seen = registry.devices.of(member.id)?.seen ?? {};
  const sessionOf = (key: string) => member.sessions.find(({ tokenDigest }) => tokenDigest === keyDigest(key));
  return devicesOf(turn, caller).devices
    .map((each) => {
      const here = sessionOf(each.key);
      const at = here === undefined ? seen[each.key] ?? 0 : now;
      return { ...each, ...each.name === "" ? here?.device : {}, at };
    })
    .sort((one, other) => other.at - one.at)
    .map(({ key, kind, name, since, vouched, at }) => ({
      id: key,
      since,
      seen: at === 0 ? since : timestamp(at),
      kind,
      name,
      ...vouched ? { vouched } : {},
      ...keyDigest(key) === session.tokenDigest ? { current: true as const } : {},
    }));
}

/** Applies a statement whose signature the server has checked. Throws as `applyStatement` does. */
export function applySigned(turn: Turn, caller: Caller, { isGenuine, ...statement }: SignedStatement): void {
  const { registry, now, effects } = turn;
  const { member } = caller;
  const { devices, statements } = applyStatement(devicesOf(turn, caller), statement, isGenuine);
  const tokenDigest = registry.devices.of(member.id)?.tokenDigest ?? member.tokenDigest;
  registry.devices.save(member.id, { ...registry.devices.of(member.id), tokenDigest, devices, statements }, effects);
  keepListedKey(turn, member);
  const account = registry.accounts.withId(member.id);
  const digest = keyDigest(statement.key);
  if (account === undefined) return;
  if (statement.action === "revoke") registry.accounts.dropTokenIfKnown(digest, effects);
  else registry.accounts.addToken(account, digest, registry.newId(now), now, effects);
}

/** Removes a key whose token of the member's account was revoked. */
export function dropDevice(turn: Turn, member: Member, digest: string): void {
  turn.registry.devices.drop(member.id, digest, turn.effects);
  keepListedKey(turn, member);
}

/** Lets the member be known by a key of the list, after a change of it. */
function keepListedKey(turn: Turn, member: Member): void {
  const { devices } = turn.registry;
  const tokenDigest = devices.of(member.id)?.tokenDigest;
  if (tokenDigest === undefined || tokenDigest === member.tokenDigest) return;
  turn.registry.replaceToken(member, tokenDigest);
  keepMember(turn, member);
}

/**
 * Lists a key that the password of an account has admitted, marked as such: no other device signed for it. The account's
 * first key needs no list. A full list, of keys that others signed for, stays as it is: the key works, but admits no others.
 */
export function vouchFor(turn: Turn, account: Account, digest: string): void {
  const { registry, now, effects } = turn;
  const { devices, accounts, server } = registry;
  const known = devices.of(account.id);
  const [first, ...others] = accounts.digestsOf(account).filter((each) => isKeyDigest(each) && each !== digest);
  if (known === undefined && first === undefined) return;
  const since = timestamp(now);
  const founded = known ?? foundDevices(server.id, account.id, unnamedDevice(keyOf(first!), since));
  const missing = known === undefined ? [...others, digest] : [digest];
  if (founded.devices.length + missing.length > MAX_DEVICES_PER_MEMBER) return;
  const list = { chat: server.id, member: account.id, ...founded };
  const { statements, devices: listed } = missing.reduce(
    (list, each) => vouchDevice(list, unnamedDevice(keyOf(each), since)),
    list,
  );
  const member = registry.ofAccount(account, now);
  const tokenDigest = known?.tokenDigest ?? member.tokenDigest;
  devices.save(account.id, { tokenDigest, devices: listed, statements }, effects);
  keepListedKey(turn, member);
}

/** Names the device of the session, if no statement has named it. */
export function nameDevice(turn: Turn, { session, member }: Caller, what: Pick<Device, "kind" | "name">): void {
  const { registry, effects } = turn;
  const known = registry.devices.of(member.id);
  const isUnnamed = ({ key, name }: Device) => name === "" && keyDigest(key) === session.tokenDigest;
  if (known === undefined || !known.devices.some(isUnnamed)) return;
  const devices = known.devices.map((each) => isUnnamed(each) ? { ...each, ...what } : each);
  registry.devices.save(member.id, { ...known, devices }, effects);
}

function endSessions(turn: Turn, { member }: Caller, key: string): void {
  for (const { id, tokenDigest } of member.sessions) {
    if (tokenDigest === keyDigest(key)) expel(turn, turn.registry.sessions.get(id)!, "refused", "closed");
  }
}
