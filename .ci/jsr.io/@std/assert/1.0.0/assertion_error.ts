/** What every failed assertion throws. */
export class AssertionError extends Error {
  /** Takes the message, and as `cause` what led to it. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** The end of a message: the caller's own words, if any. */
export function suffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}
