const BLOCK_BYTES = 64;
const DOUBLE_ROUNDS = 10;
/** "expand 32-byte k" in ASCII, as words. */
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
/**
 * Random bytes that follow from a seed: the key stream of ChaCha20 (RFC 8439, section 2.4) with the seed as key, the nonce 0
 * and a counter that begins at 0. Nobody can tell the next bytes from earlier ones without the seed. Repeats after 256 GiB.
 */
export class RandomStream {
  private readonly input = new Int32Array(16);
  private readonly block = new Int32Array(16);

  /** `seed` is 32 bytes in hexadecimal. */
  constructor(seed: string) {
    this.reseed(seed);
  }

  /** Begins again, as a new stream with this seed. */
  reseed(seed: string): void {
    if (!/^[0-9a-f]{64}$/.test(seed)) throw new Error("A seed is not 64 hexadecimal digits");
    this.input.fill(0);
    this.input.set(CONSTANTS);
    for (let word = 0; word < 8; word++) this.input[4 + word] = littleEndian(seed.slice(8 * word, 8 * word + 8));
  }

  /** Fills the array with the next bytes. Its length must be a multiple of 64. */
  fill(bytes: Uint8Array): void {
    // All processors that Deno supports keep the lowest byte of a word first, as RFC 8439 does.
    const blockBytes = new Uint8Array(this.block.buffer);
    for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
      this.nextBlock();
      bytes.set(blockBytes, start);
    }
  }

  private nextBlock(): void {
    const block = this.block;
    block.set(this.input);
    for (let round = 0; round < DOUBLE_ROUNDS; round++) {
      for (let column = 0; column < 4; column++) mix(block, column, column + 4, column + 8, column + 12);
      mix(block, 0, 5, 10, 15);
      mix(block, 1, 6, 11, 12);
      mix(block, 2, 7, 8, 13);
      mix(block, 3, 4, 9, 14);
    }
    for (let word = 0; word < 16; word++) block[word]! += this.input[word]!;
    this.input[12]!++;
  }
}

/** The quarter round of RFC 8439, section 2.1. V8 is twice as fast with signed words in local variables. */
function mix(words: Int32Array, first: number, second: number, third: number, fourth: number): void {
  let a = words[first]!;
  let b = words[second]!;
  let c = words[third]!;
  let d = words[fourth]!;
  a = (a + b) | 0;
  d = rotate(d ^ a, 16);
  c = (c + d) | 0;
  b = rotate(b ^ c, 12);
  a = (a + b) | 0;
  d = rotate(d ^ a, 8);
  c = (c + d) | 0;
  b = rotate(b ^ c, 7);
  words[first] = a;
  words[second] = b;
  words[third] = c;
  words[fourth] = d;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Reads 8 hexadecimal digits as a word of 4 bytes, the lowest first. */
function littleEndian(digits: string): number {
  const word = Number.parseInt(digits, 16);
  return word << 24 | (word & 0xff00) << 8 | word >>> 8 & 0xff00 | word >>> 24;
}
