/** A proxy that has a server in one folder of its own paths, as `location /chat/` of nginx. */

export class FolderProxy implements AsyncDisposable {
  /** Paths outside the folder that were requested. Their connections are closed without an answer. */
  readonly strays: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #conns = new Set<Deno.Conn>();
  readonly #host: string | undefined;
  readonly #done: Promise<void>;

  /** `folder` begins and ends with a slash; `port` is the server's on this machine. With `host` requests name that host. */
  constructor(readonly folder: string, port: number, host?: string) {
    this.#host = host;
    this.#done = this.#accept(port);
  }

  /** The address of the server's page. */
  get url(): string {
    return `http://127.0.0.1:${this.port}${this.folder}`;
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) close(conn);
    await this.#done;
  }

  async #accept(port: number): Promise<void> {
    const relays: Promise<void>[] = [];
    for await (const conn of this.#listener) {
      this.#conns.add(conn);
      relays.push(this.#relay(conn, port));
    }
    await Promise.all(relays);
  }

  /** Only the first line of a connection has a path: the server ends it after one request, if it is asked to for a file. */
  async #relay(client: Deno.Conn, port: number): Promise<void> {
    const head = await readUntilLine(client);
    const [, method, path] = /^(\w+) (\S+) /.exec(head) ?? [];
    if (path?.startsWith(this.folder) !== true) {
      if (path !== undefined) this.strays.push(path);
      return close(client);
    }
    const server = await Deno.connect({ hostname: "127.0.0.1", port });
    this.#conns.add(server);
    const host = this.#host;
    const passed = host === undefined ? head : head.replace(/^Host: .*$/m, `Host: ${host}\r`);
    const once = path.includes("/files/") ? passed.replace("\r\n", "\r\nConnection: close\r\n") : passed;
    const rest = once.slice(`${method} ${this.folder}`.length);
    await server.write(Uint8Array.from(`${method} /${rest}`, (char) => char.charCodeAt(0)));
    await Promise.all([pump(client, server), pump(server, client)]);
  }
}

/** All bytes that arrive up to the end of the first line, and those that came with it, as Latin-1. */
async function readUntilLine(conn: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(16 * 1024);
  for (let head = "";;) {
    const count = await conn.read(buffer).catch(() => null);
    if (count === null) return "";
    head += String.fromCharCode(...buffer.subarray(0, count));
    if (head.includes("\n")) return head;
  }
}

/** Passes on bytes until one side ends, and ends the other. */
async function pump(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  await from.readable.pipeTo(to.writable).catch(() => {});
  close(from);
  close(to);
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}
