/** Append-only output for pipes and `--plain`: lines as the terminal shows them, without one escape sequence. */

import type { ClientEvent } from "../../client/client_event.ts";
import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { createPalette } from "../render/palette.ts";
import { createTimes, type Times } from "../render/time_format.ts";
import { createView, show } from "../render/view.ts";

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
  return [...show(createView({ style: plainStyle(timeZone), room, you }), event).lines];
}

/** The lines for a run of events, one function for each run: days where they change, one line for each broken link. */
export function createPlainOutput(options: PlainOptions & { now: string }): (event: ClientEvent) => readonly string[] {
  let view = createView({ ...options, style: plainStyle(options.timeZone) });
  return (event) => {
    const shown = show(view, event);
    view = shown.view;
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
