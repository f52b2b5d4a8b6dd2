/** What the program ends with. README.md lists the same numbers. */
export const EXIT = {
  /** All went well. */
  fine: 0,
  /** A fault of the program's own. */
  bug: 1,
  /** A command, option or argument that makes no sense. */
  usage: 2,
  /** The server cannot listen on its address. */
  cannotListen: 3,
  /** Nobody answers at the address to connect to, or none is found. */
  cannotConnect: 4,
  /** The server does not take the name, the password or the message. */
  refused: 5,
  /** The connection is lost for good, with something left undone. */
  lost: 6,
  /** The data folder cannot be read or written. */
  cannotStore: 7,
  /** The server's certificate is not the one that it should have. */
  untrusted: 8,
} as const;

export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** Ends the program with one line for its user, which says what happened and what to do next. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
