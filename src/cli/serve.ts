import { MemoryHistory } from "../history/memory.ts";
import { DEFAULT_MAX_CONNECTIONS, DEFAULT_RATE_BURST, DEFAULT_RATE_PER_SECOND } from "../protocol/limits.ts";
import { quote } from "../protocol/names.ts";
import { sanitizeLine } from "../protocol/sanitize.ts";
import type { Log } from "../server/log.ts";
import { Server } from "../server/server.ts";
import type { Listener } from "../transports/connection.ts";
import { httpAnswer } from "../transports/http.ts";
import { listenTcp } from "../transports/tcp.ts";
import { listenUnix } from "../transports/unix.ts";
import { DEFAULT_HOST, DEFAULT_PORT } from "./address.ts";
import { type Arguments, badValue } from "./arguments.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT, type ExitCode, Failure } from "./exit_codes.ts";
import { explain } from "./faults.ts";
import { howToJoin, isBeyondLoopback, reachable } from "./joining.ts";
import { jsonLog, textLog } from "./log.ts";
import { onSignals } from "./signals.ts";
import { VERSION } from "./version.ts";

export const SERVE: CommandSpec = {
  name: "serve",
  operands: "",
  maxOperands: 0,
  summary: "Hosts a chat",
  options: [
    { name: "host", value: "ADDRESS", default: DEFAULT_HOST, help: "Address to listen on; 0.0.0.0 for everybody" },
    { name: "port", value: "N", default: String(DEFAULT_PORT), help: "Port to listen on; 0 takes a free one" },
    { name: "unix", value: "PATH", help: "Listens on a Unix socket as well" },
    { name: "no-tcp", help: "Listens on the Unix socket alone" },
    { name: "data", value: "DIR", help: "Folder for what is kept (for now history lives in memory alone)" },
    { name: "memory", help: "Keeps nothing beyond the process" },
    { name: "title", value: "TEXT", default: "Confab", help: "Name of the chat" },
    {
      name: "max-connections",
      value: "N",
      default: String(DEFAULT_MAX_CONNECTIONS),
      help: "Connections at the same time",
    },
    {
      name: "rate",
      value: "N:BURST",
      default: `${DEFAULT_RATE_PER_SECOND}:${DEFAULT_RATE_BURST}`,
      help: "Messages a second for each member, and at once; 0 for no bound",
    },
    { name: "log", value: "text|json", default: "text", help: "Form of the log on standard error" },
    { name: "quiet", help: "Prints the addresses, and nothing else but errors" },
  ],
  examples: [
    { line: "serve", what: "a chat for this machine" },
    { line: "serve --host 0.0.0.0", what: "a chat for everybody on the network" },
    { line: "serve --unix /tmp/confab.sock --no-tcp", what: "a chat on a Unix socket" },
  ],
  run: serve,
};

async function serve(args: Arguments): Promise<ExitCode> {
  const title = parseTitle(args);
  const rate = parseRate(args);
  const maxConnections = args.number("max-connections", 1, 1_000_000) ?? DEFAULT_MAX_CONNECTIONS;
  const log = chooseLog(args);
  const listeners = await listenAll(args);
  const addresses = listeners.flatMap((listener) => reachable(listener.address));
  const server = new Server({
    title,
    version: VERSION,
    rate,
    maxConnections,
    history: new MemoryHistory(),
    httpAnswer: httpAnswer(title, howToJoin(addresses)),
    log,
  });
  const drained = drainOnSignals(server, args.flag("quiet"));
  for (const listener of listeners) server.listen(listener);
  announce(addresses, args.flag("quiet"));
  await drained;
  return EXIT.fine;
}

function parseTitle(args: Arguments): string {
  const title = args.text("title") ?? "Confab";
  if (title.length > 200 || sanitizeLine(title) !== title) {
    throw badValue("title", title, "one line of at most 200 characters");
  }
  return title;
}

function parseRate(args: Arguments): { perSecond: number; burst: number } | undefined {
  const text = args.text("rate");
  if (text === undefined) return { perSecond: DEFAULT_RATE_PER_SECOND, burst: DEFAULT_RATE_BURST };
  if (text === "0") return undefined;
  const [, perSecond, burst] = /^(\d+(?:\.\d+)?)(?::(\d+))?$/.exec(text) ?? [];
  const rate = { perSecond: Number(perSecond), burst: Number(burst ?? Math.ceil(Number(perSecond))) };
  if (!(rate.perSecond > 0) || !(rate.burst >= 1)) throw badValue("rate", text, "N:BURST such as 5:20, or 0");
  return rate;
}

function chooseLog(args: Arguments): Log {
  const form = args.choice("log", ["text", "json"]) ?? "text";
  const log = form === "json" ? jsonLog(console.error) : textLog(console.error);
  return args.flag("quiet") ? (level, event, fields) => level === "error" && log(level, event, fields) : log;
}

async function listenAll(args: Arguments): Promise<Listener[]> {
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

function announce(addresses: readonly string[], quiet: boolean): void {
  for (const address of addresses) console.log(`Listening on ${address}`);
  if (quiet) return;
  for (const line of howToJoin(addresses)) console.log(line);
  if (addresses.some(isBeyondLoopback)) {
    console.log("Nothing is encrypted: others on the network can read along.");
  }
}

/** Resolves once the server has drained after the first signal; a second one ends the program at once. */
function drainOnSignals(server: Server, quiet: boolean): Promise<void> {
  return new Promise((resolve) => {
    onSignals((count) => {
      if (count > 1) Deno.exit(EXIT.fine);
      if (!quiet) console.log("Shutting down: saying goodbye to everyone (again to end at once)");
      server.drain().then(resolve);
    });
  });
}
