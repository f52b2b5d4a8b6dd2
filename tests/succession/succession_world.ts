/** Candidates on a network that can be parted, in virtual time. Copies are sets of entries. */

import { assert } from "@std/assert";
import { Succession, type SuccessionAction } from "../../src/succession/succession.ts";

export const STEP_MS = 100;

interface Letter {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly deliver: () => void;
  readonly fail: () => void;
}

export class Candidate {
  readonly key: string;
  machine!: Succession;
  isUp = true;
  /** Entries that the copy has. */
  entries = new Set<string>();
  term = 0;
  /** Entries that this host has not acknowledged yet. */
  host: string | undefined;

  constructor(key: string) {
    this.key = key;
  }
}

export class SuccessionWorld {
  readonly candidates: Candidate[];
  readonly acknowledged = new Set<string>();
  now = 0;
  /** The part of the network in which each candidate is. */
  parts: readonly number[];
  #letters: Letter[] = [];
  #blind: Candidate[] = [];
  #written = 0;

  constructor(count: number) {
    this.candidates = Array.from({ length: count }, (_, n) => new Candidate(`k${n}`));
    this.parts = this.candidates.map(() => 0);
    for (const each of this.candidates) this.#boot(each);
  }

  #boot(candidate: Candidate): void {
    candidate.isUp = true;
    candidate.host = undefined;
    candidate.machine = new Succession({
      key: candidate.key,
      term: candidate.machine?.term ?? 0,
      progress: () => ({ term: candidate.term, entries: candidate.entries.size }),
      mayHost: () => true,
    });
    this.#perform(candidate, candidate.machine.start(this.candidates.map(({ key }) => key), this.now));
  }

  get hosts(): Candidate[] {
    return this.candidates.filter(({ isUp, machine }) => isUp && machine.isHosting);
  }

  /** Parts the network: candidates with the same number see each other. */
  part(parts: readonly number[]): void {
    this.parts = parts;
    for (const each of this.candidates) {
      if (each.isUp && each.host !== undefined && !this.#sees(each, this.#of(each.host))) this.#lose(each);
    }
  }

  /** The first candidate does not reach the second one; without arguments all do again. */
  blind(from?: number, to?: number): void {
    this.#blind = from === undefined ? [] : [this.candidates[from]!, this.candidates[to!]!];
    const [blind, unseen] = this.#blind;
    if (blind?.host === unseen?.key && blind !== undefined) this.#lose(blind);
  }

  kill(n: number): void {
    const dead = this.candidates[n]!;
    dead.isUp = false;
    for (const each of this.candidates) if (each.isUp && each.host === dead.key) this.#lose(each);
  }

  restart(n: number): void {
    if (!this.candidates[n]!.isUp) this.#boot(this.candidates[n]!);
  }

  /** Runs for some time, in which each host gets a message at each step. */
  run(ms: number, writes = true): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now += STEP_MS;
      for (const each of this.candidates) if (each.isUp) this.#perform(each, each.machine.tick(this.now));
      const due = this.#letters.filter(({ at }) => at <= this.now);
      this.#letters = this.#letters.filter(({ at }) => at > this.now);
      for (const letter of due) this.#post(letter);
      if (writes) { for (const host of this.hosts) this.#write(host); }
    }
  }

  #write(host: Candidate): void {
    const id = `m${++this.#written}`;
    host.entries.add(id);
    host.term = host.machine.term;
    const followers = this.candidates.filter((each) => each.isUp && each.host === host.key);
    for (const each of followers) {
      each.entries.add(id);
      each.term = host.term;
    }
    this.acknowledged.add(id);
  }

  #of(key: string): Candidate {
    return this.candidates.find((each) => each.key === key)!;
  }

  #sees(a: Candidate, b: Candidate): boolean {
    const place = (each: Candidate) => this.parts[this.candidates.indexOf(each)];
    const [blind, unseen] = this.#blind;
    return a.isUp && b.isUp && place(a) === place(b) && !(a === blind && b === unseen);
  }

  #post({ from, to, deliver, fail }: Letter): void {
    const sender = this.#of(from);
    if (!sender.isUp) return;
    if (this.#sees(sender, this.#of(to))) deliver();
    else fail();
  }

  #lose(candidate: Candidate): void {
    candidate.host = undefined;
    this.#perform(candidate, candidate.machine.lost(this.now));
  }

  #perform(candidate: Candidate, actions: readonly SuccessionAction[]): void {
    const { machine } = candidate;
    const isSame = () => candidate.machine === machine;
    for (const action of actions) {
      switch (action.type) {
        case "ask":
          this.#letters.push({
            ...{ at: this.now + STEP_MS, from: candidate.key, to: action.key },
            deliver: () =>
              isSame() && this.#perform(candidate, machine.answered(this.#of(action.key).machine.view, this.now)),
            fail: () => isSame() && this.#perform(candidate, machine.silent(action.key, this.now)),
          });
          break;
        case "follow":
          this.#letters.push({
            ...{ at: this.now + STEP_MS, from: candidate.key, to: action.key },
            deliver: () => isSame() && this.#follow(candidate, this.#of(action.key)),
            fail: () => isSame() && this.#lose(candidate),
          });
          break;
        case "host":
          candidate.host = undefined;
          assert(action.term > candidate.term, `${candidate.key} hosts a term that its copy has seen`);
          break;
        case "stop":
          for (const each of this.candidates) if (each.host === candidate.key) this.#lose(each);
          break;
        default:
          action satisfies never;
      }
    }
  }

  /** Gives the host what it lacks, and takes what it has. */
  #follow(candidate: Candidate, host: Candidate): void {
    if (!host.machine.isHosting) return this.#lose(candidate);
    for (const each of this.candidates) {
      if (each.isUp && each.host === host.key) each.entries = each.entries.union(candidate.entries);
    }
    host.entries = host.entries.union(candidate.entries);
    candidate.entries = new Set(host.entries);
    candidate.term = host.machine.term;
    candidate.host = host.key;
    candidate.machine.linked(host.key, host.machine.term);
  }

  /** All are up and see each other: in the end one hosts, all copies are equal, and nothing that was acknowledged is lost. */
  settle(ms: number): void {
    this.part(this.candidates.map(() => 0));
    this.candidates.forEach((_, n) => this.restart(n));
    this.run(ms);
    this.run(2 * STEP_MS, false);
    const keys = this.hosts.map(({ key }) => key);
    assert(keys.length === 1, `${keys.length} hosts in the end: ${keys}`);
    const [host] = this.hosts;
    for (const each of this.candidates) {
      assert(each === host || each.host === host!.key, `${each.key} follows ${each.host}, not ${host!.key}`);
      const lost = this.acknowledged.difference(each.entries);
      assert(lost.size === 0, `${each.key} lacks ${[...lost].slice(0, 3)}`);
      assert(each.entries.size === host!.entries.size, `${each.key} has another copy`);
    }
  }
}
