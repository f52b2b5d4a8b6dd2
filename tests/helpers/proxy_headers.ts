/** Headers of the PROXY protocol, version 2. */

export const SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

/** The addresses and ports of a client at 192.0.2.7 port 258. */
export const IPV4_BODY: readonly number[] = [192, 0, 2, 7, 198, 51, 100, 1, 1, 2, 3, 4];

/** The same for a client with this IPv6 address of 32 hexadecimal digits. */
export function ipv6Body(address: string): number[] {
  const bytes = [...address.matchAll(/../g)].map(([digits]) => parseInt(digits, 16));
  return [...bytes, ...bytes, 1, 2, 3, 4];
}

/** A header with these addresses and further fields. */
export function binaryHeader(command: number, family: number, body: readonly number[]): Uint8Array<ArrayBuffer> {
  const signature = new TextEncoder().encode(SIGNATURE);
  return Uint8Array.from([...signature, command, family, body.length >> 8, body.length & 0xff, ...body]);
}
