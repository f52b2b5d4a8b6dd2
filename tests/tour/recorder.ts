/** A recording: what each part of the picture showed, and from when. */

/** The content of a terminal. */
export interface Screen {
  /** From the top, with escape sequences for colors. */
  readonly rows: readonly string[];
  readonly cursor: { readonly column: number; readonly row: number };
}

export interface Moment<T> {
  /** Milliseconds from the start of the recording as it is played. */
  readonly at: number;
  readonly shown: T;
}

/** One terminal over the whole recording: at least one moment, the first at 0. */
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
  /** The time of the picture for viewers who turned animations off. */
  readonly stillAt: number;
  /** The text of all terminals at the end of each scene. */
  readonly scenes: readonly SceneText[];
}

/** The text of a scene, by the name of the terminal. */
export interface SceneText {
  readonly name: string;
  readonly screens: Readonly<Record<string, string>>;
}

/** Returns the index of the moment that is shown at that time. */
export function indexAt(moments: readonly Moment<unknown>[], at: number): number {
  return moments.findLastIndex((moment) => moment.at <= at);
}
