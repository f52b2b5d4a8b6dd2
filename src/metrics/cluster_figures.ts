/** The figures of a server about its cluster. */
export interface ClusterFigures {
  /** Its number in the cluster; `undefined` while it does not take part. */
  readonly incarnation: number | undefined;
  /** Whether it can decide nothing now, because the log does not go on. */
  readonly isStalled: boolean;
  /** Entries that counted. */
  readonly entries: number;
  /** Entries that did not count: forged, repeated, or of servers that have ended. */
  readonly skipped: number;
  /** Seconds until its last own entry was applied. */
  readonly delay: number;
  /** Seconds by which its clock is wrong, negative if it is behind; 0 for a clock that is right. */
  readonly clockDifference: number;
  readonly servers: readonly {
    readonly incarnation: number;
    readonly name: string;
    readonly address: string;
    /** Entries that it had not applied when it told its clock last. */
    readonly lag: number;
    /** Whether it removes old entries from the log. */
    readonly trims: boolean;
  }[];
}
