/** The form of an image, and what its writer and reader must know of the program. */

/** Changes whenever an image of an earlier version of the program cannot be read as it is, because fields of a class have changed. */
export const IMAGE_VERSION = 1;

/** An image that cannot be made or read. */
export class ImageError extends Error {}

/** The constructor of a class whose objects an image may hold. */
export type ImagedClass = abstract new (...args: never[]) => object;

/** The parts of a program that an image names instead of holding them. */
export interface GraphTable {
  /** All classes of objects in an image, by the names that stand for them. */
  readonly classes: Readonly<Record<string, ImagedClass>>;
  /** Objects that a reader puts back: constants, and those that each start of the program makes. */
  readonly externals: Readonly<Record<string, object>>;
}

/** The fields of an object, in their order. */
export type ClassFields = readonly [name: string, fields: readonly string[]];

/**
 * An object and all that it refers to, as plain JSON: one list with all nodes, because a list for each would be slow. The first node
 * is the object. A node begins with its kind: the index of its class, or one of `NODE_KINDS` with the number of its elements or
 * entries. Then come its values: those of the fields of a class, in order; the elements of an array or a set; keys and values in turn
 * of a map or a plain object. Numbers, booleans, `null` and most texts stand for themselves. All else is a text that begins with
 * `MARK`; the index of a node follows it, or a text of `MARKED`.
 */
export interface GraphImage {
  readonly version: number;
  readonly classes: readonly ClassFields[];
  readonly nodes: readonly GraphValue[];
}

export type GraphValue = string | number | boolean | null;

/** Begins each text in an image that is not the text itself. */
export const MARK = "#";

export const NODE_KINDS = { object: "o", array: "a", map: "m", set: "s", words: "i", bytes: "u" } as const;

/** The kinds whose entries have a key and a value. */
export const PAIRED_KINDS: ReadonlySet<unknown> = new Set([NODE_KINDS.object, NODE_KINDS.map]);

/** The character after the `MARK`, if no index of a node follows it. */
export const MARKED = {
  undefined: "u",
  infinity: "i",
  minusInfinity: "-",
  notANumber: "n",
  /** Then comes a text that begins with the mark. */
  text: "t",
  /** Then come the digits of a BigInt. */
  bigint: "b",
  /** Then comes the name of an external object. */
  external: "x",
} as const;
