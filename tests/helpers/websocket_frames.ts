/** Frames as a client of a WebSocket sends them, right or wrong: RFC 6455, section 5.2. */

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameParts {
  readonly kind?: keyof typeof OPCODES | number;
  readonly payload?: string | Uint8Array;
  /** Whether it is the last of its message, as by default. */
  readonly fin?: boolean;
  /** The three bits that extensions would use. */
  readonly reserved?: number;
  readonly masked?: boolean;
  readonly mask?: readonly [number, number, number, number];
  /** In place of the payload's. */
  readonly length?: bigint;
}

const ENCODER = new TextEncoder();

export function clientFrame(parts: FrameParts): Uint8Array<ArrayBuffer> {
  const { kind = "text", fin = true, reserved = 0, masked = true, mask = [0x37, 0xfa, 0x21, 0x3d] } = parts;
  const payload = typeof parts.payload === "string" ? ENCODER.encode(parts.payload) : parts.payload ?? new Uint8Array();
  const opcode = typeof kind === "number" ? kind : OPCODES[kind];
  const start = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const [short, ...more] = lengthBytes(parts.length ?? BigInt(payload.length));
  const body = masked ? [...mask, ...payload.map((byte, index) => byte ^ mask[index & 3]!)] : payload;
  return Uint8Array.from([start, (masked ? 0x80 : 0) | short!, ...more, ...body]);
}

/** `ws://` or `wss://` from this page, which is what the server asks for. */
export function sameOrigin(url: string): { headers: { origin: string } } {
  return { headers: { origin: `http${url.slice("ws".length)}`.replace(/(?<!\/)\/(?!\/).*$/, "") } };
}

function lengthBytes(length: bigint): number[] {
  if (length < 126n) return [Number(length)];
  const bytes = length < 65_536n ? 2 : 8;
  const shifts = Array.from({ length: bytes }, (_, index) => BigInt(8 * (bytes - 1 - index)));
  return [bytes === 2 ? 126 : 127, ...shifts.map((shift) => Number(length >> shift & 0xffn))];
}
