/** Stable codes: clients and scripts branch on them, so none is ever renamed. The manual explains each. */
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
  "no_such_file",
  "no_such_call",
  "not_shared",
  "file_too_large",
  "quota_exceeded",
  "id_taken",
  "id_ahead",
  "name_taken",
  "name_invalid",
  "wrong_password",
  "bad_signature",
  "out_of_date",
  "rate_limited",
  "too_many_connections",
  "server_full",
  "forbidden",
  "slow_consumer",
  "shutting_down",
] as const;

/** The kinds of passwords: the server's (or an invite's secret), a room's, an account's, and the admin password. */
export const PASSWORD_KINDS = ["server", "room", "account", "admin"] as const;

export type PasswordKind = typeof PASSWORD_KINDS[number];

export type ErrorCode = typeof ERROR_CODES[number];

/** The codes after which the server closes the connection. After the last allowed `wrong_password` it closes, too. */
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
  /** The `ref` of the rejected command. */
  readonly ref?: string;
  /** In seconds. */
  readonly retryAfter?: number;
  /** A free name. */
  readonly suggestion?: string;
  /** The kind of password that is missing or wrong, with `wrong_password`. */
  readonly needs?: PasswordKind;
}

/** An error that the peer caused. Only that peer is told; it never leaves the peer's connection. */
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
