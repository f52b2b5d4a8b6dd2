/** What is fuzzed: one way in for what others send, and what has to hold for all of it. */

import type fc from "fast-check";

export interface Target {
  readonly name: string;
  /** Inputs of its share of the gate. */
  readonly gateInputs: number;
  /** What means something there, for mutations to put in. */
  readonly words: readonly string[];
  /** Inputs that mutation alone would hardly find. */
  readonly arbitrary: fc.Arbitrary<string>;
  /** Whether inputs are bytes, each as the character of that code. */
  readonly bytes?: true;
  /** Whether inputs are lists, an entry a line, which are cut and joined between entries only. */
  readonly lines?: true;
  /** What the inputs of one run share. An input may leave nothing in it that another one could see. */
  open(): Subject;
}

export interface Subject extends Partial<Disposable> {
  /** Throws where something does not hold. Else says in a few words how it came out; there are few such outcomes. */
  run(input: string): string | Promise<string>;
}

/** A subject without anything to share or to close. */
export function pure(run: Subject["run"]): () => Subject {
  return () => ({ run });
}

/** The bytes of an input whose characters stand for them. */
export function toBytes(input: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(input, (char) => char.charCodeAt(0));
}

const ENCODER = new TextEncoder();

/** The reverse: what a text looks like as UTF-8, a character a byte. */
export function byteString(text: string): string {
  return Array.from(ENCODER.encode(text), (byte) => String.fromCharCode(byte)).join("");
}

/** FNV-1a: chance that an input brings along, so that it alone decides what is done with it. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
