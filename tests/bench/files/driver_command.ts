import type { ClientCommand, MessageFile } from "../../../src/protocol/messages/messages.ts";

/** A command for a driver of files. Its answer is a line of JSON. */
export type DriverCommand =
  /** Sends the file to the lobby. Answers with `Usage` and the `file`. */
  | { readonly do: "put"; readonly path: string }
  /** Saves the file at the path. Answers with `Usage`. */
  | { readonly do: "get"; readonly file: MessageFile; readonly path: string }
  /** Sends a command to the server. Answers with the reply. */
  | { readonly do: "ask"; readonly command: ClientCommand };

/** How long a transfer took, and the processor time of one side, user and system together. */
export interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number;
}
