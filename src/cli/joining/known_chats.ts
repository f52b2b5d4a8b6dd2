import { join } from "node:path";
import { type Endpoint, formatEndpoint, parseEndpoint } from "../../protocol/address/endpoint.ts";
import { parseServers } from "../../protocol/address/server_list.ts";
import { MAX_SERVERS_KNOWN } from "../../protocol/limits.ts";
import { mayUse } from "../platform/private_file.ts";
import { ServerLines } from "./server_lines.ts";

/** A chat with several servers. */
export interface KnownChat {
  /** The id of the chat, which its servers tell in `welcome`. */
  readonly chat: string;
  /** Its other servers, as one of them has listed them. */
  readonly others: readonly Endpoint[];
}

/** The chats with several servers, by the address that the user dials. With them a start finds another server when that one is down. */
export class KnownChats {
  readonly #lines: ServerLines | undefined;
  readonly #unsaved = new Map<string, KnownChat>();
  readonly #now: () => number;
  #writesLeft = WRITES_AT_ONCE;
  #countedAt: number;

  /** Without a folder nothing is kept beyond this process. `now` is in milliseconds of a monotonic clock. */
  constructor(folder: string | undefined, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#countedAt = now();
    this.#lines = folder === undefined ? undefined : new ServerLines(join(folder, FILE));
  }

  /** Finds the chat of a server by `host:port`. A damaged line, or a file that cannot be read, counts as none. */
  find(server: string): KnownChat | undefined {
    const unsaved = this.#unsaved.get(server);
    if (unsaved !== undefined || this.#lines === undefined) return unsaved;
    try {
      return parse(this.#lines.find(server));
    } catch {
      return undefined;
    }
  }

  /** The address by which the user has joined this chat last, if it has several servers. */
  homeOf(chat: string): Endpoint | undefined {
    try {
      const line = this.#lines?.all().findLast((line) => parse(line)?.chat === chat);
      return line === undefined ? undefined : parseEndpoint(line.split(" ", 1)[0]!);
    } catch {
      return undefined;
    }
  }

  /**
   * Remembers the chat of a server; without others, forgets it. However often a server changes its list, the file is written
   * seldom. Errors are ignored: the client works without the file.
   */
  keep(server: string, known: KnownChat): void {
    this.#unsaved.set(server, known);
    if (this.#lines === undefined || known.chat.length > MAX_ID_CHARS) return;
    const now = this.#now();
    this.#writesLeft = Math.min(WRITES_AT_ONCE, this.#writesLeft + (now - this.#countedAt) / WRITE_PAUSE_MS);
    this.#countedAt = now;
    if (this.#writesLeft < 1) return;
    try {
      const line = known.others.length === 0 ? undefined : format(server, known);
      if (this.#lines.find(server) === line) return;
      this.#writesLeft--;
      this.#lines.keep(server, line, MAX_CHATS);
    } catch {
      // The next start dials only the address that the user gives.
    }
  }
}

const FILE = "known_chats";
const MAX_CHATS = 500;
const MAX_ID_CHARS = 128;
/** The file is written so often at once, and then once in each pause. */
const WRITES_AT_ONCE = 16;
const WRITE_PAUSE_MS = 10_000;

/** The known chats of a state folder. Nothing is read or kept without a folder, or without the permission to use it. */
export function openKnownChats(folder: string | undefined): KnownChats {
  return new KnownChats(folder !== undefined && mayUse(folder) ? folder : undefined);
}

/** `HOST:PORT CHAT OTHER…`. The id comes from the server: it is escaped. */
function format(server: string, { chat, others }: KnownChat): string {
  return [server, encodeURIComponent(chat), ...others.map(formatEndpoint)].join(" ");
}

/** `undefined` for a damaged line. */
function parse(line: string | undefined): KnownChat | undefined {
  const [, id, ...others] = line?.split(" ") ?? [];
  const chat = id === undefined ? undefined : decoded(id);
  return chat === undefined ? undefined : { chat, others: parseServers(others).slice(0, MAX_SERVERS_KNOWN) };
}

function decoded(id: string): string | undefined {
  try {
    return decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
