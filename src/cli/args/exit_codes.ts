/** The exit codes of the program. The manual lists the same numbers. */
export const EXIT = {
  /** Success. */
  fine: 0,
  /** An internal error. */
  bug: 1,
  /** An invalid command, option or argument. */
  usage: 2,
  /** The server cannot listen on its address. */
  cannotListen: 3,
  /** No server answers at the address, or no server is found. */
  cannotConnect: 4,
  /** The server refuses the name, the password or the message. */
  refused: 5,
  /** The connection is lost and something is unfinished. */
  lost: 6,
  /** The data folder cannot be read or written. */
  cannotStore: 7,
  /** The server's certificate is not the expected one. */
  untrusted: 8,
  /** This machine's clock or its Deno is not fit for a chat. */
  unfit: 9,
  /** A camera or a microphone is missing, busy or forbidden, or has stopped. */
  noDevice: 10,
  /** The server takes no part in its cluster any more. */
  outOfCluster: 11,
} as const;

export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** Ends the program with a message for the user, which says what happened and what to do next. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
