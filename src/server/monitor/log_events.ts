export type LogLevel = "debug" | "info" | "warn" | "error";

/** The events that a server logs, with the fields that a line of each may have. Both are stable names; the manual lists them. */
export const LOG_EVENTS = {
  "started": { level: "info", fields: ["version", "history", "rooms", "addresses", "metrics"] },
  "announced": { level: "info", fields: ["title"] },
  "announcement failed": { level: "warn", fields: ["error"] },
  "migrated": { level: "info", fields: ["from", "to"] },
  "connected": { level: "info", fields: ["peer", "connections"] },
  "disconnected": { level: "info", fields: ["peer", "reason"] },
  "refused": { level: "warn", fields: ["peer", "reason", "times"] },
  "host refused": { level: "warn", fields: ["peer", "host", "hint", "times"] },
  "origin refused": { level: "warn", fields: ["peer", "origin", "host", "hint", "times"] },
  "proxy noticed": { level: "warn", fields: ["peer", "hint"] },
  "proxy refused": { level: "warn", fields: ["peer", "error", "times"] },
  "wrong password": { level: "warn", fields: ["peer", "kind", "answer"] },
  "slow consumer": { level: "warn", fields: ["peer"] },
  "accept failed": { level: "warn", fields: ["address", "error", "times"] },
  "descriptor limit": { level: "warn", fields: ["connections", "hint", "times"] },
  "memory limit": { level: "warn", fields: ["bytes", "hint", "times"] },
  "certificate renewed": { level: "info", fields: ["fingerprint", "until"] },
  "certificate not renewed": { level: "warn", fields: ["error"] },
  "reloaded": { level: "info", fields: [] },
  "log file not reopened": { level: "warn", fields: ["path", "error"] },
  "control socket failed": { level: "warn", fields: ["path", "error"] },
  "pruned": { level: "debug", fields: ["messages"] },
  "draining": { level: "info", fields: ["connections"] },
  "drained": { level: "info", fields: ["accepted", "messages"] },
  "store failed": { level: "error", fields: ["error"] },
  "file on one server": { level: "warn", fields: ["hint"] },
  "link opened": { level: "info", fields: ["server"] },
  "link lost": { level: "warn", fields: ["server", "error"] },
  "link not opened": { level: "warn", fields: ["server", "address", "error", "times"] },
  "link refused": { level: "warn", fields: ["peer", "error", "times"] },
  "internal error": { level: "error", fields: ["stack", "peer"] },
  "server joined": { level: "info", fields: ["server", "name", "version", "addresses"] },
  "server ended": { level: "warn", fields: ["server", "reason"] },
  "evicted": { level: "warn", fields: ["server", "reason"] },
  "clock wrong": { level: "error", fields: ["ms", "hint"] },
  "clock right": { level: "info", fields: [] },
  "entry skipped": { level: "warn", fields: ["position", "server", "reason", "times"] },
  "log not trimmed": { level: "warn", fields: ["error"] },
  "cluster failed": { level: "error", fields: ["error"] },
  "cluster key readable": { level: "warn", fields: ["hint"] },
  "etcd warns": { level: "warn", fields: ["hint"] },
  "etcd does not answer": { level: "error", fields: ["hint"] },
  "etcd answers": { level: "info", fields: [] },
  "data outdated": { level: "warn", fields: ["folder", "position"] },
  "copying": { level: "info", fields: ["from"] },
  "copied": { level: "info", fields: ["from", "bytes"] },
  "copy failed": { level: "warn", fields: ["address", "error"] },
  "merged": { level: "info", fields: ["member", "entries", "left"] },
  "log lines suppressed": { level: "warn", fields: ["of", "lines"] },
  "log lines dropped": { level: "warn", fields: ["lines"] },
} as const satisfies Record<string, { readonly level: LogLevel; readonly fields: readonly string[] }>;

export type LogEvent = keyof typeof LOG_EVENTS;

type FieldsOf<E extends LogEvent> = Readonly<
  Partial<Record<(typeof LOG_EVENTS)[E]["fields"][number], string | number | undefined>>
>;

/** Logs one line for an event. Fields never hold message texts, secrets or tokens. It neither waits nor throws. */
export type Log = <E extends LogEvent>(level: (typeof LOG_EVENTS)[E]["level"], event: E, fields?: FieldsOf<E>) => void;

/** Returns the name and the stack of an error without its message, which may quote a user. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = "" } = error;
  const start = stack.indexOf(message);
  return start < 0 ? name : `${name}${stack.slice(start + message.length)}`;
}
