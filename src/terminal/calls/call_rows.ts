/** Rows above the prompt about calls. */

import type { CurrentCall } from "../../client/calls/client_calls.ts";
import type { CallEvent } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { noteOf } from "./call_pictures.ts";

/** The members of the call that the user is in. `talks`: the button of push to talk is pressed; `undefined` without it. */
export function callRow({ isUp, seats }: CurrentCall, talks: boolean | undefined): string {
  const others = seats.filter(({ isOwn }) => !isOwn).map((seat) => {
    const note = noteOf(seat);
    return `${seat.speaks ? "● " : ""}${sanitizeLine(seat.name)}${note === "" ? "" : ` (${note})`}`;
  });
  const own = seats.find(({ isOwn }) => isOwn);
  const notes = [
    isUp ? "" : "connecting…",
    own?.microphone === false ? "your microphone is off" : "",
    talks === undefined ? "" : talks ? "the others hear you" : "Space to talk",
  ];
  return [`Call with ${others.join(", ")}`, ...notes.filter((note) => note !== "")].join(" · ");
}

/** A call in the current place that the user is not in. */
export function presentCallRow({ members }: CallEvent): string {
  const names = members.filter(({ state }) => state === "in").map(({ name }) => sanitizeLine(name));
  return `Call of ${names.join(", ")}: /call enters it`;
}
