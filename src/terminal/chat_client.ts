import type { Client } from "../client/client.ts";

/** What of a client the terminal uses. */
export type ChatClient = Pick<
  Client,
  | "start"
  | "send"
  | "join"
  | "leave"
  | "rename"
  | "login"
  | "command"
  | "askPassword"
  | "drained"
  | "close"
  | "closed"
  | "remembers"
  | "reader"
  | "drop"
>;
