import { TlsFault } from "../../transports/tls.ts";

/**
 * Explains an error of the operating system in a clause for the user: what is wrong and, if known,
 * what to do next. `path` is the file that was to be opened: Windows only denies permission if it is a folder.
 */
export function explain(error: unknown, path?: string): string {
  if (error instanceof Deno.errors.IsADirectory || (path !== undefined && isFolder(path))) {
    return "it is a folder, not a file";
  }
  if (isHeld(error)) return "another program is using it";
  if (error instanceof Deno.errors.AddrInUse) return "the address is already in use";
  if (error instanceof Deno.errors.AddrNotAvailable) return "this machine does not have that address";
  if (error instanceof Deno.errors.PermissionDenied) return "the operating system denies permission";
  if (error instanceof Deno.errors.NotCapable) return missingPermission(error.message);
  if (error instanceof Deno.errors.ConnectionRefused) {
    return "connection refused; check the address and that the server is running";
  }
  if (error instanceof Deno.errors.ConnectionReset) return "the other side reset the connection";
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof TlsFault) return tlsFault(error);
  if (error instanceof Deno.errors.TimedOut) return "timed out waiting for an answer";
  if (error instanceof DOMException && error.name === "TimeoutError") return "timed out waiting for an answer";
  if (isUnknownHost(error)) return "unknown host; check the spelling";
  return firstLine(messageOf(error));
}

/** True if the name of a host could not be resolved. */
export function isUnknownHost(error: unknown): boolean {
  return /lookup address|name or service not known|nodename nor servname|no such host|os error 1100[14]/i.test(
    messageOf(error),
  );
}

/** The user is not asked for the permission to look. */
function isFolder(path: string): boolean {
  try {
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return false;
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** True if another program has opened the file so that Windows lets nobody else use it (a sharing violation). */
export function isHeld(error: unknown): boolean {
  return error instanceof Deno.errors.Busy || (error instanceof Error && "code" in error && error.code === "EBUSY");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function tlsFault({ kind, message }: TlsFault): string {
  switch (kind) {
    case "no_tls":
      return "the server does not use TLS: connect without --tls";
    case "broken":
      return `the TLS handshake failed (${firstLine(message)}): if the server does not use TLS, connect without --tls`;
    case "certificate":
      return `the server's certificate is not trusted (${
        firstLine(message)
      }): connect with an invite, or compare the fingerprint and use --tls`;
    default:
      return kind satisfies never;
  }
}

/** Deno's own message names the permission and the flag that grants it. */
function missingPermission(message: string): string {
  const flag = /--allow-[a-z]+/.exec(message)?.[0];
  const what = /^Requires (.+?) access/i.exec(message)?.[1] ?? "more";
  return `Deno was not given ${what} access: run it with ${flag ?? "the --allow flag it needs"}`;
}

function firstLine(message: string): string {
  const line = message.split("\n", 1)[0]!.trim();
  return line === "" ? "the system did not say why" : line;
}
