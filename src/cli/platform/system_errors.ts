import { TlsFault } from "../../transports/tls.ts";

/** What the system says when something cannot be done, in a sentence for the person who asked for it. */
export function explain(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) return "something listens there already";
  if (error instanceof Deno.errors.AddrNotAvailable) return "this machine does not have that address";
  if (error instanceof Deno.errors.PermissionDenied) return "the system does not allow it";
  if (error instanceof Deno.errors.NotCapable) return missingRight(error.message);
  if (error instanceof Deno.errors.ConnectionRefused) {
    return "nobody listens there; is the server running, and the address right?";
  }
  if (error instanceof Deno.errors.ConnectionReset) return "the other end broke the connection off";
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof TlsFault) return tlsFault(error);
  if (error instanceof Deno.errors.TimedOut) return "there was no answer in time";
  if (error instanceof DOMException && error.name === "TimeoutError") return "there was no answer in time";
  const message = error instanceof Error ? error.message : String(error);
  if (/lookup address|name or service not known|nodename nor servname|no such host/i.test(message)) {
    return "no machine of that name is known";
  }
  return firstLine(message);
}

function tlsFault({ kind, message }: TlsFault): string {
  switch (kind) {
    case "no_tls":
      return "this server speaks no TLS: connect without --tls";
    case "broken":
      return `it broke off (${firstLine(message)}); does it speak TLS? without it, connect without --tls`;
    case "certificate":
      return `its certificate is none to trust (${firstLine(message)})`;
    default:
      return kind satisfies never;
  }
}

/** Deno's own sentence names the right and the flag that gives it. */
function missingRight(message: string): string {
  const flag = /--allow-[a-z]+/.exec(message)?.[0];
  const what = /^Requires (.+?) access/i.exec(message)?.[1] ?? "more";
  return `Deno was not given ${what} access: run it with ${flag ?? "the --allow flag it needs"}`;
}

function firstLine(message: string): string {
  const line = message.split("\n", 1)[0]!.trim();
  return line === "" ? "the system did not say why" : line;
}
