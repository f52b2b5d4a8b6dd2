/** How much of the chat a copy has. */
export interface CopyProgress {
  /** The term of the host that the copy had last. */
  readonly term: number;
  /** The number of entries, of all rooms and conversations. */
  readonly entries: number;
}

/** The answer of a candidate that is asked for its state. It has proved its key. */
export interface CandidateView {
  readonly key: string;
  /** The highest term that it knows. */
  readonly term: number;
  /** Whether it hosts that term now. */
  readonly hosts: boolean;
  /** The key of the host that it gets its copy from now; `undefined` without one. */
  readonly follows: string | undefined;
  /** Whether it would host: a member may refuse, or be taken off the roster. */
  readonly mayHost: boolean;
  readonly progress: CopyProgress;
}

/** Orders hosts: of two that meet, the one with the higher term stays, then the one with more entries, then the higher key. */
export function compareHosts(a: CandidateView, b: CandidateView): number {
  return a.term - b.term || a.progress.entries - b.progress.entries || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** Positive if copy `a` has more. Equal copies are for the order of the list to decide. */
export function compareProgress(a: CopyProgress, b: CopyProgress): number {
  return a.term - b.term || a.entries - b.entries;
}
