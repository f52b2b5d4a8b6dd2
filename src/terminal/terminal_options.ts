/** The options of the terminal client as a whole. */

import type { Clock } from "../client/clock.ts";
import type { ChatOptions } from "./chat_options.ts";
import type { RunEditor } from "./external_editor.ts";
import type { TypedLines } from "./input/input_line.ts";
import type { PictureDisplay } from "./pictures/picture_lines.ts";
import type { Style } from "./render/line_style.ts";
import type { Terminal } from "./screen/terminal_port.ts";

/** `makeClient` is called once. `runTerminal` starts the client. */
export interface TerminalOptions
  extends
    Pick<ChatOptions, "makeClient" | "room" | "settings" | "keepSetting" | "themes" | "bindings" | "files" | "calls"> {
  readonly color: boolean;
  /** Whether the terminal is known to support links (OSC 8). */
  readonly hyperlinks?: boolean;
  /** How the terminal shows pictures of messages. Absent: it cannot. They need `color`. */
  readonly pictures?: PictureDisplay;
  /** Describes how others join with an invite. */
  readonly invitation?: Style["invitation"];
  readonly qrCode?: Style["qrCode"];
  readonly linking?: Style["linking"];
  /** The question to show before quitting; `undefined` if quitting needs no confirmation now. */
  readonly confirmQuit?: () => string | undefined;
  /** The lines typed at earlier starts. */
  readonly typed?: TypedLines;
  readonly runEditor?: RunEditor;
  /** IANA name. Default: the time zone of the machine. */
  readonly timeZone?: string;
  readonly terminal: Terminal;
  readonly clock?: Clock;
  /** Frees unused memory, if the platform has a function for it. */
  readonly collect?: (() => void) | undefined;
}
