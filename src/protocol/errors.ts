import type { PasswordKind } from "./messages/messages.ts";

/** Stable codes: clients and scripts branch on them, so none is ever renamed. README.md explains each. */
export const ERROR_CODES = [
  "bad_json",
  "bad_utf8",
  "line_too_long",
  "bad_frame",
  "not_text",
  "unknown_type",
  "invalid",
  "not_joined",
  "no_such_room",
  "no_such_member",
  "no_such_message",
  "name_taken",
  "name_invalid",
  "wrong_password",
  "rate_limited",
  "too_many_connections",
  "server_full",
  "forbidden",
  "slow_consumer",
  "shutting_down",
] as const;

export type ErrorCode = typeof ERROR_CODES[number];

/** After one of these the server closes. A repeated `wrong_password` closes, too, but the first does not. */
export const FATAL_ERROR_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  "line_too_long",
  "bad_utf8",
  "bad_frame",
  "not_text",
  "too_many_connections",
  "server_full",
  "slow_consumer",
  "shutting_down",
]);

export interface ErrorDetails {
  /** The `ref` of the command at fault. */
  readonly ref?: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly suggestion?: string;
  /** Whose password it is, with `wrong_password`. */
  readonly needs?: PasswordKind;
}

/** The peer's fault: told to that peer alone, never thrown past its connection. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
