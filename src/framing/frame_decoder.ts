import { detectDialect } from "./detect.ts";
import type { Decoder, Frame } from "./frame.ts";
import { LineDecoder } from "./line_decoder.ts";
import { RequestDecoder } from "./request_decoder.ts";

const LF = 0x0a;

/** Bytes → frames: lines, unless the first of them begins an HTTP request. */
export class FrameDecoder implements Decoder {
  #decoder: Decoder = new LineDecoder();
  #begun = false;

  push(chunk: Uint8Array): Frame[] {
    return this.#begun ? this.#decoder.push(chunk) : this.#begin(chunk);
  }

  #begin(chunk: Uint8Array): Frame[] {
    const end = chunk.indexOf(LF) + 1;
    if (end === 0) return this.#decoder.push(chunk);
    this.#begun = true;
    const [first] = this.#decoder.push(chunk.subarray(0, end));
    const rest = chunk.subarray(end);
    if (typeof first === "string" && detectDialect(first) === "http") {
      this.#decoder = new RequestDecoder(first);
      return this.#decoder.push(rest);
    }
    const frames = first === undefined ? [] : [first];
    return rest.length === 0 ? frames : frames.concat(this.#decoder.push(rest));
  }
}
