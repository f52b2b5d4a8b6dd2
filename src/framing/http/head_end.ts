const LF = 0x0a;
const CR = 0x0d;

/** Finds the end of a head that arrives in chunks: the empty line after its fields. */
export class HeadEnd {
  /** Whether the current line has no characters yet. */
  #lineIsEmpty = true;

  /** Returns the index after the empty line; `undefined` if the head goes on in the next chunk. */
  in(chunk: Uint8Array): number | undefined {
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index];
      if (byte === LF && this.#lineIsEmpty) return index + 1;
      if (byte === LF) this.#lineIsEmpty = true;
      else if (byte !== CR) this.#lineIsEmpty = false;
    }
    return undefined;
  }
}
