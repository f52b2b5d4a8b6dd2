/** The options of a chat at a prompt: its client, and its screen and keyboard as functions. */

import type { Client } from "../client/client.ts";
import type { ClientListener } from "../client/state/client_state.ts";
import type { Bindings } from "./input/key_table.ts";
import type { SecretQuestion } from "./input/secret_prompt.ts";
import type { FileSetup } from "./files/local_files.ts";
import type { PictureDisplay, WindowSize } from "./pictures/picture_lines.ts";
import type { CallSetup, PixelBox } from "./calls/call_setup.ts";
import type { KeepSetting } from "./model/preferences.ts";
import type { Settings } from "./model/settings.ts";
import type { Style } from "./render/line_style.ts";
import type { Theme } from "./render/theme.ts";

/** The members of `Client` that the terminal uses. */
export type ChatClient = Pick<
  Client,
  | "start"
  | "send"
  | "join"
  | "leave"
  | "rename"
  | "login"
  | "command"
  | "offerLink"
  | "answerLink"
  | "askPassword"
  | "drained"
  | "close"
  | "closed"
  | "remembers"
  | "ignored"
  | "drop"
  | "markRead"
  | "isReady"
  | "save"
  | "uploads"
>;

export interface PictureScreen {
  readonly display: PictureDisplay;
  readonly window: () => WindowSize;
}

export interface ChatOptions {
  readonly makeClient: (onEvent: ClientListener) => ChatClient;
  /** The first current room. */
  readonly room: string;
  readonly style: Style;
  /** Settings that differ from `DEFAULT_SETTINGS`. */
  readonly settings?: Partial<Settings>;
  readonly keepSetting?: KeepSetting;
  readonly themes?: ReadonlyMap<string, Theme>;
  /** In milliseconds. */
  readonly now: () => number;
  /** Called with a sentence, not yet sanitised, when a message in the room or conversation with this key is for the user. */
  readonly notify?: (text: string, place: string) => void;
  /** Called when the user has read a room or conversation on another device. */
  readonly readElsewhere?: (place: string) => void;
  /** Absent: files cannot be sent or saved. */
  readonly files?: FileSetup;
  /** Absent: there are no calls. */
  readonly calls?: CallSetup | undefined;
  /** Called when the row or the tiles of `Chat.calls` may have changed. Absent where nothing is drawn. */
  readonly callsChanged?: () => void;
  /** The largest size of a picture of a call in pixels; `undefined` while none are shown. */
  readonly callBox?: () => PixelBox | undefined;
  /** How pictures of messages are shown. Absent: they are not. */
  readonly pictures?: PictureScreen | undefined;
  /** Called when the rows of `Chat.files` have changed. Absent where no rows are drawn. */
  readonly filesChanged?: () => void;
  /** The key bindings that the help lists. */
  readonly bindings?: Bindings;
  readonly print: (lines: readonly string[]) => void;
  readonly clear: () => void;
  /** Puts a text into the input line, once the line is empty, for the user to change. */
  readonly fill: (text: string) => void;
  /** Asks the user for secrets, which must not be shown. Questions are asked one after another. */
  readonly askSecret: (question: SecretQuestion) => void;
  /** Opens an editor with a text. The edited text becomes the input line. */
  readonly openEditor: (text: string) => void;
  readonly quit: () => void;
}
