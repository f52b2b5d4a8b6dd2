import { ProtocolError } from "../../../protocol/errors.ts";
import type { Device, DeviceList } from "../../../protocol/identity/device_list.ts";
import { MAX_DEVICE_LISTS } from "../../../protocol/limits.ts";
import type { Effect, KeptRecord } from "../../effect.ts";
import { isKeyDigest, keyDigest, keyOf } from "../../hub_command.ts";

/** The keys of a member with more than one device, or who had more. */
export interface KnownDevices extends Pick<DeviceList, "statements" | "devices"> {
  /** The digest under which the store knows the member: that of a listed key, since a revoked one may found another member. */
  readonly tokenDigest: string;
  /** By key: when its last session ended, in milliseconds since the epoch. */
  readonly seen?: Readonly<Record<string, number>>;
}

/** The lists of devices, by member. A member without a list has one key at most. They are in memory, and kept as records. */
export class MemberDevices {
  private readonly byMember = new Map<string, KnownDevices>();
  /** Ids of members by the `keyDigest` of each key in a list. */
  private readonly members = new Map<string, string>();

  constructor(records: Iterable<KeptRecord>) {
    for (const { kind, key, value } of records) if (kind === "devices") this.set(key, value as KnownDevices);
  }

  of(memberId: string): KnownDevices | undefined {
    return this.byMember.get(memberId);
  }

  /** The digest under which the store knows the member who has this key; `undefined` if no list has the key. */
  storedDigest(digest: string): string | undefined {
    return this.byMember.get(this.members.get(digest) ?? "")?.tokenDigest;
  }

  /** False for a key that was revoked. A token, or the only key of a member without a list, is admitted. */
  admits(memberId: string, digest: string): boolean {
    return !isKeyDigest(digest) || !this.byMember.has(memberId) || this.members.get(digest) === memberId;
  }

  /** Keeps the list. The member is known by its first key from now on, if not by another one. Throws `forbidden` if the server has reached its limit of lists. */
  save(memberId: string, given: KnownDevices, effects: Effect[]): void {
    const seen = Object.entries(given.seen ?? {}).filter(([key]) => given.devices.some((device) => device.key === key));
    const digests = given.devices.map(({ key }) => keyDigest(key));
    const tokenDigest = digests.includes(given.tokenDigest) ? given.tokenDigest : digests[0]!;
    const known = { ...given, tokenDigest, seen: Object.fromEntries(seen) };
    if (!this.byMember.has(memberId) && this.byMember.size >= MAX_DEVICE_LISTS) {
      throw new ProtocolError(
        "forbidden",
        "The server has reached its limit of members with several devices: register your name, and log in there",
      );
    }
    for (const { key } of this.byMember.get(memberId)?.devices ?? []) this.members.delete(keyDigest(key));
    this.set(memberId, known);
    effects.push({ type: "keepRecord", kind: "devices", key: memberId, value: known });
  }

  /** Notes that a session with this key has ended. Only members with a list have such notes. */
  noteSeen(memberId: string, digest: string, now: number, effects: Effect[]): void {
    const known = this.byMember.get(memberId);
    if (known === undefined || !isKeyDigest(digest) || this.members.get(digest) !== memberId) return;
    this.save(memberId, { ...known, seen: { ...known.seen, [keyOf(digest)]: now } }, effects);
  }

  /** Removes a key whose token of the account was revoked. The last key of a list stays, because it founds the list. */
  drop(memberId: string, digest: string, effects: Effect[]): void {
    const known = this.byMember.get(memberId);
    const devices = known?.devices.filter(({ key }) => keyDigest(key) !== digest) ?? [];
    if (known !== undefined && devices.length > 0) this.save(memberId, { ...known, devices }, effects);
  }

  private set(memberId: string, known: KnownDevices): void {
    this.byMember.set(memberId, known);
    for (const { key } of known.devices) this.members.set(keyDigest(key), memberId);
  }
}

/** Returns a device that has not described itself yet. */
export function unnamedDevice(key: string, since: string): Device {
  return { key, kind: "device", name: "", since };
}
