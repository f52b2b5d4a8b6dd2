/** A fuzz target: one entry point for bytes from others, and the promises that must hold. */

import type fc from "fast-check";

export interface Target {
  readonly name: string;
  /** Number of inputs in the gate, for each of its two seeds: as many as take 1 to 3 seconds. */
  readonly gateInputs: number;
  /** Meaningful words for mutations to insert. */
  readonly words: readonly string[];
  /** Inputs that mutation alone would hardly find. */
  readonly arbitrary: fc.Arbitrary<string>;
  /** Whether inputs are bytes, each as the character of that code. */
  readonly bytes?: true;
  /** True if inputs are lists with one entry per line, which mutations cut and join only between entries. */
  readonly lines?: true;
  /** State shared by the inputs of one run. No input may leave anything in it that another could see. */
  open(): Subject;
}

export interface Subject extends Partial<Disposable> {
  /** Throws if a promise is broken. Otherwise returns the outcome in a few words, one of a small set. */
  run(input: string): string | Promise<string>;
}

/** A subject without shared state. */
export function pure(run: Subject["run"]): () => Subject {
  return () => ({ run });
}

/** Returns the bytes of an input that has one character per byte. */
export function toBytes(input: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(input.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = input.charCodeAt(at);
  return bytes;
}

const ENCODER = new TextEncoder();

/** The reverse: the UTF-8 of a text, one character per byte. */
export function byteString(text: string): string {
  return Array.from(ENCODER.encode(text), (byte) => String.fromCharCode(byte)).join("");
}

/** FNV-1a: a hash as the source of chance, so that the input alone decides what happens to it. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
