/** Append-only output for pipes and `--plain`: lines as the terminal shows them, without one escape sequence. */

import type { ClientEvent } from "../../client/client_event.ts";
import {
  type ClientListener,
  type ClientState,
  initialState,
  reduceClientState,
} from "../../client/state/client_state.ts";
import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { createPalette } from "../render/palette.ts";
import { createTimes, type Times } from "../render/time_format.ts";
import { show } from "../render/view.ts";

export interface PlainOptions {
  /** The room whose lines carry no mark. */
  readonly room?: string;
  readonly you?: MemberInfo;
  /** IANA name; default: the machine's. */
  readonly timeZone?: string;
}

/** The lines for one event by itself: no days, and every `joined` and every wait between two attempts is news. */
export function plainLine(event: ClientEvent, options: PlainOptions = {}): string[] {
  const { room, you, timeZone } = options;
  const before: ClientState = { ...initialState, you };
  return [...show({ style: plainStyle(timeZone), room }, event, reduceClientState(before, event), before).lines];
}

/** The lines for a run of events, one function for each run: days where they change, one line for each broken link. */
export function createPlainOutput(
  options: Omit<PlainOptions, "you"> & { now: string },
): (...args: Parameters<ClientListener>) => readonly string[] {
  const style = plainStyle(options.timeZone);
  let day: string | undefined = style.times.day(options.now);
  return (event, state, before) => {
    const shown = show({ style, room: options.room, day }, event, state, before);
    day = shown.day;
    return shown.lines;
  };
}

const times = new Map<string | undefined, Times>();

/** Making the formats of a zone is slow, and there are few zones. */
function plainStyle(timeZone: string | undefined) {
  const known = times.get(timeZone) ?? createTimes(timeZone);
  times.set(timeZone, known);
  return { palette: createPalette(false), times: known };
}
