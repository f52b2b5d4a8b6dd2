/** UUIDs of version 7 (RFC 9562): the ids of messages, changes, members and rooms. They contain their time. */

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const POOL_BYTES = 8 * 64;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The canonical form of any UUID, in lower case. */
export function isUuid(id: string): boolean {
  return id.length === 36 && UUID.test(id);
}

/** The canonical form of a UUIDv7, in lower case. */
export function isUuidV7(id: string): boolean {
  return id.length === 36 && UUID_V7.test(id);
}

/** Returns the time in a UUIDv7 (RFC 9562, section 5.7), in milliseconds since the epoch. */
export function timeOfUuid(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** Fills arrays with random bytes. */
export interface RandomSource {
  fill(bytes: Uint8Array<ArrayBuffer>): unknown;
}

/** Makes ascending UUIDv7 strings: RFC 9562, section 6.2, method 1, with the 12 bits after the time as a counter. */
export class UuidSource {
  private readonly source: RandomSource;
  private readonly pool = new Uint8Array(POOL_BYTES);
  private used = POOL_BYTES;
  private ms = 0;
  private counter = 0;
  private prefix = "";

  constructor(source: RandomSource) {
    this.source = source;
  }

  /** Drops the random bytes that were drawn ahead. The next ids are higher than all before nevertheless. */
  drawAgain(): void {
    this.used = POOL_BYTES;
  }

  /** Returns an id higher than all before, even if the clock goes back. `now` is in milliseconds since the epoch. */
  next(now: number): string {
    if (now > this.ms) this.start(now);
    else if (++this.counter > 0xfff) this.start(this.ms + 1);
    const counter = HEX[0x70 | (this.counter >> 8)]! + HEX[this.counter & 0xff]!;
    return `${this.prefix}-${counter}-${this.random()}`;
  }

  private start(ms: number): void {
    this.ms = ms;
    this.counter = 0;
    const time = ms.toString(16).padStart(12, "0");
    this.prefix = `${time.slice(0, 8)}-${time.slice(8)}`;
  }

  /** The last two groups: variant bits and 62 random ones. */
  private random(): string {
    if (this.used === POOL_BYTES) {
      this.source.fill(this.pool);
      this.used = 0;
    }
    const p = this.pool;
    const i = this.used;
    this.used += 8;
    return HEX[0x80 | (p[i]! & 0x3f)]! + HEX[p[i + 1]!]! + "-" + HEX[p[i + 2]!]! + HEX[p[i + 3]!]! +
      HEX[p[i + 4]!]! + HEX[p[i + 5]!]! + HEX[p[i + 6]!]! + HEX[p[i + 7]!]!;
  }
}
