import type { StateCheck } from "../cluster_op.ts";

/** The results of one check: the hash that each server has told. */
export interface CheckRound {
  readonly index: number;
  readonly hashes: readonly (readonly [s: number, hash: string])[];
}

/** Adds the result of one server. A later check replaces an earlier one. */
export function noteCheck(round: CheckRound | undefined, s: number, { index, hash }: StateCheck): CheckRound {
  if (round === undefined || index > round.index) return { index, hashes: [[s, hash]] };
  if (index < round.index) return round;
  return { index, hashes: [...round.hashes.filter(([other]) => other !== s), [s, hash]] };
}

/**
 * Returns the servers among the `voters` (in the order of their incarnations) whose hash differs from the one of the majority.
 * Without a majority, when all have told theirs, that of the lowest incarnation counts.
 */
export function outvoted({ hashes }: CheckRound, voters: readonly number[]): number[] {
  const votes = voters.flatMap((s) => hashes.filter(([voter]) => voter === s));
  const counts = Map.groupBy(votes, ([, hash]) => hash);
  const right = [...counts].find(([, { length }]) => length * 2 > voters.length)?.[0] ??
    (votes.length === voters.length ? votes[0]?.[1] : undefined);
  return right === undefined ? [] : votes.filter(([, hash]) => hash !== right).map(([s]) => s);
}
