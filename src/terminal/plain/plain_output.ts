/** Append-only output for pipes and `--plain`: the terminal's lines without escape sequences. */

import type { ClientEvent } from "../../client/client_event.ts";
import { type ClientListener, type ClientState, initialState } from "../../client/state/client_state.ts";
import { reduceClientState } from "../../client/state/client_state_reducer.ts";
import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { createPalette } from "../render/palette.ts";
import { createTimes, type Times } from "../render/time_format.ts";
import { show } from "../render/view.ts";

export interface PlainOptions {
  /** The room whose lines have no room prefix. */
  readonly room?: string;
  readonly you?: MemberInfo;
  /** IANA name. Default: the time zone of the machine. */
  readonly timeZone?: string;
}

/** The lines for a single event, without context: no day separators, and every join and reconnect wait is shown. */
export function plainLine(event: ClientEvent, options: PlainOptions = {}): string[] {
  const { room, you, timeZone } = options;
  const before: ClientState = { ...initialState, you };
  return [...show({ style: plainStyle(timeZone), place: room }, event, reduceClientState(before, event), before).lines];
}

/** Returns a function that prints a sequence of events, with day separators and one line for each lost connection. */
export function createPlainOutput(
  options: Omit<PlainOptions, "you"> & { now: string },
): (...args: Parameters<ClientListener>) => readonly string[] {
  const style = plainStyle(options.timeZone);
  let day: string | undefined = style.times.day(options.now);
  return (event, state, before) => {
    const shown = show({ style, place: options.room, day }, event, state, before);
    day = shown.day;
    return shown.lines;
  };
}

const times = new Map<string | undefined, Times>();

/** Caches the time formats, because creating them is slow and there are few time zones. */
function plainStyle(timeZone: string | undefined) {
  const known = times.get(timeZone) ?? createTimes(timeZone);
  times.set(timeZone, known);
  return { palette: createPalette(false), times: known };
}
