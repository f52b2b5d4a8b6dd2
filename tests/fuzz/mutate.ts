import type { Random } from "../helpers/random.ts";

/** Longest input in characters; one in a hundred may reach `LONG_CHARS`. */
const MAX_CHARS = 2_000;
const LONG_CHARS = 100_000;

export interface Breeding {
  readonly random: Random;
  readonly parents: readonly string[];
  readonly words: readonly string[];
  /** If given, an input is a list with this separator. */
  readonly separator?: string;
}

type Mutation = (parts: string[], breeding: Breeding) => string[];

/** Returns a mutation of one or two parents. The same random state gives the same result. */
export function mutate(breeding: Breeding): string {
  const { random, separator = "" } = breeding;
  const long = random.next() < 0.01;
  let parts = pick(breeding.parents, random).split(separator);
  const steps = random.between(1, 4);
  for (let step = 0; step < steps; step++) parts = pick(MUTATIONS, random)(parts, breeding);
  return long ? grown(parts, random, separator).slice(0, LONG_CHARS) : parts.join(separator).slice(0, MAX_CHARS);
}

const MUTATIONS: readonly Mutation[] = [
  (parts, { random, separator }) => separator === undefined ? flipBit(parts, random) : swap(parts, random),
  (parts, { random, words, separator }) => insert(parts, random, [...pick(words, random).split(separator ?? "")]),
  (parts, { random, words, separator }) => insert(parts, random, [...pick(words, random).split(separator ?? "")]),
  (parts, { random }) => without(parts, random),
  (parts, { random }) => parts.slice(0, random.between(0, parts.length)),
  (parts, { random }) => repeat(parts, random),
  (parts, { random, parents, separator }) => splice(parts, pick(parents, random).split(separator ?? ""), random),
  (parts, { random }) => swap(parts, random),
  (parts, { random, separator }) => separator === undefined ? anyChar(parts, random) : repeat(parts, random),
  (parts, { random, separator }) => separator === undefined ? nest(parts, random) : without(parts, random),
];

function flipBit(parts: string[], random: Random): string[] {
  if (parts.length === 0) return parts;
  const at = random.between(0, parts.length - 1);
  const code = parts[at]!.charCodeAt(0) ^ (1 << random.between(0, random.next() < 0.1 ? 15 : 7));
  return parts.with(at, String.fromCharCode(code));
}

function anyChar(parts: string[], random: Random): string[] {
  const max = random.next() < 0.3 ? 0xffff : 0xff;
  return insert(parts, random, [String.fromCharCode(random.between(0, max))]);
}

function insert(parts: string[], random: Random, added: readonly string[]): string[] {
  return parts.toSpliced(random.between(0, parts.length), 0, ...added);
}

function without(parts: string[], random: Random): string[] {
  const [start, end] = range(parts, random);
  return parts.toSpliced(start, end - start);
}

function repeat(parts: string[], random: Random): string[] {
  const [start, end] = range(parts, random);
  const times = random.between(1, 8);
  return parts.toSpliced(end, 0, ...Array(times).fill(parts.slice(start, end)).flat());
}

function swap(parts: string[], random: Random): string[] {
  const [start, end] = range(parts, random);
  return insert(parts.toSpliced(start, end - start), random, parts.slice(start, end));
}

function splice(parts: string[], others: string[], random: Random): string[] {
  return parts.slice(0, random.between(0, parts.length)).concat(others.slice(random.between(0, others.length)));
}

function nest(parts: string[], random: Random): string[] {
  const [open, close] = pick([["[", "]"], ['{"a":', "}"], ['"', '"']], random);
  const times = random.next() < 0.9 ? random.between(1, 4) : random.between(100, 900);
  const [start, end] = range(parts, random);
  const nested = [open!.repeat(times), ...parts.slice(start, end), close!.repeat(times)];
  return parts.toSpliced(start, end - start, ...nested);
}

/** Joins the parts, with some of them repeated many times. */
function grown(parts: readonly string[], random: Random, separator: string): string {
  if (parts.length === 0) return "";
  const [start, end] = range(parts, random);
  if (start === end) return parts.join(separator);
  const part = parts.slice(start, end);
  const times = Math.floor(random.between(1_000, LONG_CHARS) / Math.max(1, part.join("").length));
  const repeated = times > 0 ? [(part.join(separator) + separator).repeat(times - 1) + part.join(separator)] : [];
  return [...parts.slice(0, start), ...repeated, ...parts.slice(end)].join(separator);
}

/** Returns a length, usually a short one. */
function range(parts: readonly string[], random: Random): [number, number] {
  const start = random.between(0, parts.length);
  return [start, Math.min(parts.length, start + random.exponential(8))];
}

function pick<T>(values: readonly T[], random: Random): T {
  return values[random.between(0, values.length - 1)]!;
}
