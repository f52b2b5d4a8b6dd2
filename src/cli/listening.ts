import { quote } from "../protocol/names.ts";
import type { Listener } from "../transports/connection.ts";
import { listenTcp } from "../transports/tcp.ts";
import { listenUnix } from "../transports/unix.ts";
import { DEFAULT_HOST, DEFAULT_PORT } from "./address.ts";
import type { Arguments } from "./arguments.ts";
import { EXIT, Failure } from "./exit_codes.ts";
import { explain } from "./faults.ts";

/** Everything that `serve` was asked to listen on, or nothing of it. Rejects with a failure. */
export async function listenAll(args: Arguments): Promise<Listener[]> {
  const path = args.text("unix");
  const host = args.text("host") ?? DEFAULT_HOST;
  const port = args.number("port", 0, 65_535) ?? DEFAULT_PORT;
  if (args.flag("no-tcp") && path === undefined) {
    throw new Failure(EXIT.usage, "Option --no-tcp leaves nothing to listen on: add --unix PATH");
  }
  const listeners: Listener[] = [];
  try {
    if (!args.flag("no-tcp")) listeners.push(listenOnPort(host, port));
    if (path !== undefined) listeners.push(await listenOnPath(path));
  } catch (error) {
    for (const listener of listeners) listener.close();
    throw error;
  }
  return listeners;
}

function listenOnPort(host: string, port: number): Listener {
  try {
    return listenTcp(host, port);
  } catch (error) {
    const next = error instanceof Deno.errors.NotCapable ? "" : "; choose another with --port or --host";
    throw new Failure(EXIT.cannotListen, `Cannot listen on ${host} port ${port}: ${explain(error)}${next}`, {
      cause: error,
    });
  }
}

async function listenOnPath(path: string): Promise<Listener> {
  if (Deno.build.os === "windows") {
    throw new Failure(EXIT.usage, "Option --unix does not work on Windows: use --port");
  }
  try {
    return await listenUnix(path);
  } catch (error) {
    const next = error instanceof Deno.errors.NotCapable ? "" : "; choose another path with --unix";
    throw new Failure(EXIT.cannotListen, `Cannot listen on ${quote(path)}: ${explain(error)}${next}`, { cause: error });
  }
}
