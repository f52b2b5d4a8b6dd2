/** IP addresses and networks: RFC 4632 and RFC 4291. */

/** All addresses whose first `bits` of 128 equal those of `start`. IPv4 is mapped to IPv6: `::ffff:192.0.2.1`. */
export interface Network {
  readonly start: bigint;
  readonly bits: number;
}

const V4_PREFIX = 0xffffn << 32n;
const V4_BITS = 96;

/** `192.0.2.1`, `192.0.2.0/24`, `2001:db8::1` or `2001:db8::/32`; `undefined` for any other text. */
export function parseNetwork(text: string): Network | undefined {
  const [, address, length] = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  if (address === undefined) return undefined;
  const start = address.includes(":") ? parseV6(address) : parseV4(address);
  const most = address.includes(":") ? 128 : 32;
  const bits = length === undefined ? most : Number(length);
  if (start === undefined || bits > most) return undefined;
  return networkAround(start, bits + (128 - most));
}

export function contains(network: Network, address: Network): boolean {
  return address.bits >= network.bits && networkAround(address.start, network.bits).start === network.start;
}

/** The smallest usual network of a household or company: /24, or /64 of IPv6. */
export function neighbourhood(address: Network): Network {
  return networkAround(address.start, isV4(address) ? V4_BITS + 24 : 64);
}

/** All addresses that one machine can use: a single IPv4 address, or the whole /64 of its IPv6 link. */
export function machineNetwork(address: Network): Network {
  return isV4(address) ? address : networkAround(address.start, 64);
}

/** Whether the address is a loopback address: this machine. */
export function isLoopback({ start }: Network): boolean {
  return start === 1n || start >> 24n === (V4_PREFIX | 0x7f000000n) >> 24n;
}

/** The text that `parseNetwork` reads: an address, or a network with its length. */
export function formatNetwork(network: Network): string {
  const v4 = isV4(network);
  const bits = v4 ? network.bits - V4_BITS : network.bits;
  const address = v4 ? formatV4(network.start) : formatV6(network.start);
  return bits === (v4 ? 32 : 128) ? address : `${address}/${bits}`;
}

/** An address in its shortest form, IPv4 if it is mapped to IPv6; `undefined` for any other text, also a network. */
export function canonicalAddress(text: string): string | undefined {
  const address = text.includes("/") ? undefined : parseNetwork(text);
  return address && formatNetwork(address);
}

/** A link-local address without its zone, which only the own machine knows: `fe80::1` for `fe80::1%eth0` (RFC 4007). */
export function withoutZone(address: string): string {
  return address.replace(/%.*$/, "");
}

function networkAround(address: bigint, bits: number): Network {
  const rest = BigInt(128 - bits);
  return { start: address >> rest << rest, bits };
}

function isV4({ start, bits }: Network): boolean {
  return bits >= V4_BITS && start >> 32n === 0xffffn;
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((sum, part) => sum << 8n | BigInt(part), 0xffffn);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map(groupsOf);
  if (left === undefined || (halves.length === 2 && right === undefined)) return undefined;
  const zeros = 8 - left.length - (right?.length ?? 0);
  if (halves.length === 1 ? zeros !== 0 : zeros < 1) return undefined;
  const groups = [...left, ...Array<bigint>(zeros).fill(0n), ...right ?? []];
  return groups.reduce((sum, group) => sum << 16n | group, 0n);
}

/** The groups of 16 bits in a part of an address. Its last two may be written as IPv4. */
function groupsOf(text: string): bigint[] | undefined {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 && part.includes(".") ? parseV4(part) : undefined;
    if (v4 !== undefined) groups.push(v4 >> 16n & 0xffffn, v4 & 0xffffn);
    else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

function formatV4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => address >> shift & 0xffn).join(".");
}

/** Shortens the longest run of zeros to `::`: RFC 5952. */
function formatV6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => (address >> BigInt(112 - 16 * index) & 0xffffn).toString(16));
  const runs = [...groups.join(":").matchAll(/(?<![\da-f])0(?::0)+(?![\da-f])/g)];
  const longest = runs.sort((a, b) => b[0].length - a[0].length)[0];
  if (longest === undefined) return groups.join(":");
  const text = groups.join(":");
  const before = text.slice(0, longest.index).replace(/:$/, "");
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, "");
  return `${before}::${after}`;
}
