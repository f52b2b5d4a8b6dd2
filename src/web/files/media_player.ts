/** Plays the sound or video of a message, from a path that the server gives for a time. */

import type { MessageFile } from "../../protocol/messages/messages.ts";
import { el } from "../views/dom.ts";

/** A path is renewed only if the player had it for this long: otherwise it is the file that cannot be played. */
const MIN_PATH_MS = 10_000;

export interface MediaPlayerOptions {
  readonly file: MessageFile;
  /** Asks for a path of the file. */
  readonly newPath: () => Promise<string>;
  /** Called when the file cannot be played. */
  readonly failed: () => void;
}

/** Returns a player with the browser's own controls, which has begun. */
export async function mediaPlayer({ file, newPath, failed }: MediaPlayerOptions): Promise<HTMLMediaElement> {
  const kind = file.media.startsWith("video") ? "video" : "audio";
  const player = el(kind, { controls: "", preload: "metadata", "aria-label": file.name }) as HTMLMediaElement;
  let since = performance.now();
  const load = async () => {
    const at = player.currentTime;
    player.src = await newPath();
    since = performance.now();
    player.currentTime = at;
    await player.play();
  };
  player.addEventListener("error", () => {
    if (performance.now() - since < MIN_PATH_MS || !player.isConnected) return failed();
    load().catch(failed);
  });
  player.src = await newPath();
  // A browser may want another click.
  player.play().catch(() => {});
  return player;
}
