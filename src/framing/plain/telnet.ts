/** Telnet commands (RFC 854), which some clients send between lines of text. */

/** Interpret As Command: the first byte of each command. */
const IAC = 0xff;
/** Begins a subnegotiation, which ends with IAC SE. */
const SB = 0xfa;
const SE = 0xf0;
/** The first of the four commands that are followed by an option: WILL, WON'T, DO, DON'T. */
const WILL = 0xfb;

/** Whether the bytes have telnet commands. No text has this byte in UTF-8. */
export function hasTelnet(bytes: Uint8Array): boolean {
  return bytes.includes(IAC);
}

/** Returns the line without telnet commands; `undefined` if one of them is incomplete. */
export function stripTelnet(line: Uint8Array): Uint8Array | undefined {
  const kept = new Uint8Array(line.length);
  let count = 0;
  for (let index = 0; index < line.length;) {
    if (line[index] !== IAC) {
      kept[count++] = line[index++]!;
      continue;
    }
    const length = commandLength(line, index);
    if (length === 0) return undefined;
    index += length;
  }
  return kept.subarray(0, count);
}

/** Length in bytes of the command at `start`; 0 if the bytes are not a complete command. */
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
