/**
 * Decides for one candidate whether it follows, asks around, or hosts. It is pure: times and answers come in, and actions go out, which
 * the caller performs. All candidates decide by the same rules:
 *
 * - A follower whose host is gone asks the host and all other candidates. One that hosts is followed, the highest by `compareHosts`.
 * - If another one still gets its copy from the host, the host lives: only the link broke.
 * - Otherwise the candidate with the most complete copy hosts, of equal ones the first in the host's list. The candidate at place i
 *   waits i seconds before it decides, so that mostly the first one alone does.
 * - A host asks the others now and then. Of two hosts that meet, the lower one stops and follows.
 * - A host that did not run for a while, as on a machine that slept, stops and asks first.
 */

import { HOST_ASK_MS, HOST_WAKE_MS, MAX_TERM, SUCCESSION_ASK_MS, SUCCESSION_STEP_MS } from "../protocol/limits.ts";
import { type CandidateView, compareHosts, compareProgress, type CopyProgress } from "./candidate_view.ts";

export type SuccessionAction =
  /** Asks the candidate with this key for its view. The answer comes by `answered` or `silent`. */
  | { readonly type: "ask"; readonly key: string }
  /** Connects to the host with this key for its copy. The outcome comes by `linked` or `lost`. */
  | { readonly type: "follow"; readonly key: string }
  /** Hosts the chat as this term from now on. */
  | { readonly type: "host"; readonly term: number }
  /** Hosts no longer: clients are sent away, and the store is closed for the copy. */
  | { readonly type: "stop" };

/** The round of questions in which a candidate looks for a host. */
interface Search {
  readonly type: "searching";
  readonly since: number;
  /** Candidates that have not answered yet. */
  readonly waiting: Set<string>;
  readonly views: CandidateView[];
  /** The host whose link was lost. */
  readonly lost: string | undefined;
}

type State =
  | Search
  /** Connects to a host. Nothing is decided until that has ended. */
  | { readonly type: "joining"; readonly host: string }
  | { readonly type: "following"; readonly host: string }
  | { readonly type: "hosting"; askedAt: number };

export interface SuccessionOptions {
  /** The candidate's own device key. */
  readonly key: string;
  /** The highest term that it knows; 0 for a chat that nobody has hosted yet. */
  readonly term: number;
  readonly progress: () => CopyProgress;
  /** False for a member who keeps a copy and must not or does not want to host. */
  readonly mayHost: () => boolean;
}

export class Succession {
  readonly #options: SuccessionOptions;
  #term: number;
  /** Keys of all candidates, in the order in which they host. */
  #candidates: readonly string[] = [];
  #state: State = { type: "searching", since: 0, waiting: new Set(), views: [], lost: undefined };
  #tickedAt = 0;

  constructor(options: SuccessionOptions) {
    this.#options = options;
    this.#term = options.term;
  }

  get isHosting(): boolean {
    return this.#state.type === "hosting";
  }

  /** The highest term that the candidate knows. */
  get term(): number {
    return this.#term;
  }

  get view(): CandidateView {
    const { key, progress, mayHost } = this.#options;
    const state = this.#state;
    const follows = state.type === "following" ? state.host : undefined;
    return {
      key,
      term: this.#term,
      hosts: state.type === "hosting",
      follows,
      mayHost: mayHost(),
      progress: progress(),
    };
  }

  /** Begins to look for a host among these candidates. `now` is in milliseconds of a monotonic clock. */
  start(candidates: readonly string[], now: number): SuccessionAction[] {
    this.#candidates = candidates;
    this.#tickedAt = now;
    return this.#search(undefined, now);
  }

  /** Takes the list of the host. */
  setCandidates(candidates: readonly string[]): void {
    this.#candidates = candidates;
  }

  /** Gets its copy from the host with this key and term now. */
  linked(host: string, term: number): void {
    this.#term = Math.max(this.#term, term);
    this.#state = { type: "following", host };
  }

  /** The link to the host, or the attempt, has ended. */
  lost(now: number): SuccessionAction[] {
    if (this.#state.type === "hosting") return [];
    return this.#search(this.#state.type === "searching" ? this.#state.lost : this.#state.host, now);
  }

  answered(view: CandidateView, now: number): SuccessionAction[] {
    const state = this.#state;
    if (state.type === "hosting") return this.#meet(view);
    if (state.type === "searching" && state.waiting.delete(view.key)) {
      state.views.push(view);
      return this.#decide(state, now);
    }
    return [];
  }

  /** The candidate with this key does not answer. */
  silent(key: string, now: number): SuccessionAction[] {
    const state = this.#state;
    if (state.type !== "searching" || !state.waiting.delete(key)) return [];
    return this.#decide(state, now);
  }

  /** Must be called several times a second. */
  tick(now: number): SuccessionAction[] {
    const hasSlept = now - this.#tickedAt >= HOST_WAKE_MS;
    this.#tickedAt = now;
    const state = this.#state;
    if (state.type === "searching") return this.#decide(state, now);
    if (state.type !== "hosting") return [];
    if (hasSlept) return [{ type: "stop" }, ...this.#search(undefined, now)];
    if (now - state.askedAt < HOST_ASK_MS) return [];
    state.askedAt = now;
    return this.#others.map((key) => ({ type: "ask", key }));
  }

  get #others(): string[] {
    return this.#candidates.filter((key) => key !== this.#options.key);
  }

  #search(lost: string | undefined, now: number): SuccessionAction[] {
    const asked = new Set(this.#others);
    if (lost !== undefined) asked.add(lost);
    this.#state = { type: "searching", since: now, waiting: asked, views: [], lost };
    return [...[...asked].map((key) => ({ type: "ask" as const, key })), ...this.#decide(this.#state, now)];
  }

  /** Stops if the other host is the higher one. Otherwise that one stops when it asks by itself. */
  #meet(view: CandidateView): SuccessionAction[] {
    if (!view.hosts || compareHosts(view, this.view) <= 0) return [];
    return [{ type: "stop" }, ...this.#follow(view.key)];
  }

  #decide(search: Search, now: number): SuccessionAction[] {
    const host = search.views.filter(({ hosts, term }) => hosts && term >= this.#term).toSorted(compareHosts).at(-1);
    if (host !== undefined) return this.#follow(host.key);
    const age = now - search.since;
    const isDone = search.waiting.size === 0 || age >= SUCCESSION_ASK_MS;
    if (!isDone) return [];
    if (search.lost !== undefined && search.views.some(({ follows }) => follows === search.lost)) {
      return age < SUCCESSION_STEP_MS ? [] : this.#follow(search.lost);
    }
    if (age < this.#place(search.lost) * SUCCESSION_STEP_MS) return [];
    if (this.#options.mayHost() && this.#isBest(search.views)) return this.#host(search.views, now);
    return age < this.#patience(search) ? [] : this.#search(search.lost, now);
  }

  /** An attempt that fails begins another search. */
  #follow(key: string): SuccessionAction[] {
    this.#state = { type: "joining", host: key };
    return [{ type: "follow", key }];
  }

  #host(views: readonly CandidateView[], now: number): SuccessionAction[] {
    this.#term = Math.min(MAX_TERM, Math.max(this.#term, ...views.map(({ term }) => term)) + 1);
    this.#state = { type: "hosting", askedAt: now };
    return [{ type: "host", term: this.#term }];
  }

  /** Whether no candidate that has answered has a better copy, or an equal one and comes before this one. */
  #isBest(views: readonly CandidateView[]): boolean {
    const own = this.#options.progress();
    const place = this.#place(undefined);
    return views.every(({ key, progress, mayHost }) => {
      if (!mayHost) return true;
      const order = compareProgress(own, progress);
      return order > 0 || (order === 0 && (placeOf(this.#candidates, key) > place));
    });
  }

  /** This candidate's place among those that are left. */
  #place(lost: string | undefined): number {
    return placeOf(this.#candidates.filter((key) => key !== lost), this.#options.key);
  }

  /** How long the better candidate may take before all are asked again. */
  #patience(search: Search): number {
    return (this.#place(search.lost) + 1) * SUCCESSION_STEP_MS;
  }
}

/** Candidates that are not in the list come last. */
function placeOf(candidates: readonly string[], key: string): number {
  const place = candidates.indexOf(key);
  return place < 0 ? candidates.length : place;
}
