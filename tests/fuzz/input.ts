import fc from "fast-check";
import { Random } from "../helpers/random.ts";
import { WORDS } from "./dictionary.ts";
import { mutate } from "./mutate.ts";
import { byteString, hash, type Target } from "./target.ts";

/** Share of inputs from the target's arbitrary. The others are mutations of its corpus. */
const FRESH = 0.15;

/** The inputs of a target. Number `n` of a seed is always the same with the same corpus. */
export function inputsOf(target: Target, seed: number, parents: readonly string[]): (number: number) => string {
  const texts = target.lines ? target.words : [...target.words, ...target.words, ...WORDS];
  const words = target.bytes ? texts.map(byteString) : texts;
  const separator = target.lines ? "\n" : undefined;
  return (number) => {
    const random = new Random(hash(`${target.name} ${seed} ${number}`));
    if (random.next() >= FRESH) return mutate({ random, parents, words, separator });
    return fc.sample(target.arbitrary, { seed: random.between(0, 0x7fffffff), numRuns: 1 })[0]!;
  };
}
