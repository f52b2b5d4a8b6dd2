const IAC = 0xff;
const SB = 0xfa;
const SE = 0xf0;
const WILL = 0xfb;

/** Drops complete telnet commands (RFC 854) from a line; what is no such command stays, to be refused as broken UTF-8. */
export function stripTelnet(line: Uint8Array): Uint8Array {
  const kept: number[] = [];
  for (let index = 0; index < line.length;) {
    const length = line[index] === IAC ? commandLength(line, index) : 0;
    if (length === 0) kept.push(line[index]!);
    index += length || 1;
  }
  return Uint8Array.from(kept);
}

function commandLength(line: Uint8Array, start: number): number {
  const command = line[start + 1];
  if (command === undefined || command < SE || command === IAC) return 0;
  if (command === SB) return subnegotiationLength(line, start);
  if (command < WILL) return 2;
  return start + 2 < line.length ? 3 : 0;
}

function subnegotiationLength(line: Uint8Array, start: number): number {
  for (let index = start + 2; index + 1 < line.length; index++) {
    if (line[index] === IAC && line[index + 1] === SE) return index + 2 - start;
  }
  return 0;
}
