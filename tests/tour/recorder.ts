/** What was recorded: for each part of the picture what it showed from when on. */

/** A terminal as it can be seen. */
export interface Screen {
  /** From the top, with escape sequences for colours. */
  readonly rows: readonly string[];
  readonly cursor: { readonly column: number; readonly row: number };
}

export interface Moment<T> {
  /** Milliseconds from the start of the recording as it is played. */
  readonly at: number;
  readonly shown: T;
}

/** One terminal all along, at least one moment, the first at 0. */
export interface Track {
  readonly name: string;
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly moments: readonly Moment<Screen>[];
}

export interface Recording {
  readonly lengthMs: number;
  /** In the order of the scenes. */
  readonly captions: readonly Moment<string>[];
  readonly tracks: readonly Track[];
  /** When the recording shows most, for those who want nothing to move. */
  readonly stillAt: number;
  /** What all terminals showed at the end of each scene. */
  readonly scenes: readonly SceneText[];
}

/** The text of a scene, by the name of the terminal. */
export interface SceneText {
  readonly name: string;
  readonly screens: Readonly<Record<string, string>>;
}

/** The index of what is shown at that time. */
export function indexAt(moments: readonly Moment<unknown>[], at: number): number {
  return moments.findLastIndex((moment) => moment.at <= at);
}
