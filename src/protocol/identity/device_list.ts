/**
 * The keys of one member, and the rules by which the list changes. It is pure: signatures are checked outside, and
 * only the result comes in.
 *
 * The server applies statements in the order in which they arrive. So if two devices revoke each other, the first
 * statement wins: the signer of the second is not in the list any more.
 */

import { ProtocolError } from "../errors.ts";
import { MAX_DEVICES_PER_MEMBER } from "../limits.ts";
import type { DeviceStatement } from "./signed_text.ts";

export interface Device {
  readonly key: string;
  /** `terminal`, `page` or another word. */
  readonly kind: string;
  /** For people, such as `Firefox on Android`. */
  readonly name: string;
  /** RFC 3339 in UTC. */
  readonly since: string;
  /** The server admitted the device by an account's password: no other device signed for it. */
  readonly vouched?: true;
}

export interface DeviceList {
  readonly chat: string;
  /** The member's id. */
  readonly member: string;
  /** Number of statements that were applied. */
  readonly statements: number;
  /** In the order in which they were added, never empty. */
  readonly devices: readonly Device[];
}

/** The list of a new member, whose first key this is. */
export function foundDevices(chat: string, member: string, first: Device): DeviceList {
  return { chat, member, statements: 0, devices: [first] };
}

/** Adds a device that the server vouches for. Throws `forbidden` beyond the limit. */
export function vouchDevice(list: DeviceList, device: Device): DeviceList {
  if (hasDevice(list, device.key)) return list;
  return withDevice(list, { ...device, vouched: true });
}

/**
 * Applies a statement. `isGenuine` is the result of checking its signature with the key `by`.
 * Throws `bad_signature`, `out_of_date` if its number is not the next one, `forbidden` if its signer is not in the list,
 * if it revokes the last key or adds one beyond the limit, and `invalid` if it is about something else.
 */
export function applyStatement(list: DeviceList, statement: DeviceStatement, isGenuine: boolean): DeviceList {
  checkStatement(list, statement, isGenuine);
  const { key, action } = statement;
  const changed = action === "add" ? addDevice(list, statement) : revokeDevice(list, key);
  return { ...changed, statements: statement.number };
}

export function hasDevice({ devices }: DeviceList, key: string): boolean {
  return devices.some((device) => device.key === key);
}

function checkStatement(list: DeviceList, statement: DeviceStatement, isGenuine: boolean): void {
  if (!isGenuine) {
    throw new ProtocolError("bad_signature", "The statement's signature is not valid: sign it with the key in by");
  }
  if (statement.chat !== list.chat || statement.member !== list.member) {
    throw new ProtocolError("invalid", "The statement is about another chat or member: sign one for this member");
  }
  if (!hasDevice(list, statement.by)) {
    throw new ProtocolError("forbidden", "The key that signed is not one of the member's: use a device that is listed");
  }
  const next = list.statements + 1;
  if (statement.number !== next) {
    const text = `Statement ${statement.number} is not the next one: sign it again with number ${next}`;
    throw new ProtocolError("out_of_date", text);
  }
}

function addDevice(list: DeviceList, { key, kind, name, time }: DeviceStatement): DeviceList {
  if (hasDevice(list, key)) throw new ProtocolError("invalid", "The device is in the list already");
  if (kind === undefined || name === undefined) {
    throw new ProtocolError("invalid", "Fields kind and name are missing: a device that is added needs both");
  }
  return withDevice(list, { key, kind, name, since: time });
}

function revokeDevice(list: DeviceList, key: string): DeviceList {
  if (!hasDevice(list, key)) {
    throw new ProtocolError("invalid", "The device is not in the list: it may be revoked already");
  }
  if (list.devices.length === 1) {
    throw new ProtocolError("forbidden", "The last key cannot be revoked: add another device first");
  }
  return { ...list, devices: list.devices.filter((device) => device.key !== key) };
}

function withDevice(list: DeviceList, device: Device): DeviceList {
  if (list.devices.length >= MAX_DEVICES_PER_MEMBER) {
    const text = `The member has ${MAX_DEVICES_PER_MEMBER} devices already: revoke one of them first`;
    throw new ProtocolError("forbidden", text);
  }
  return { ...list, devices: [...list.devices, device] };
}
