import type { Connection, Listener } from "./connection.ts";
import { StreamConnection } from "./stream_connection.ts";
import { StreamListener } from "./stream_listener.ts";

export interface UnixOptions {
  /** Whether nobody but this user, and root, may connect. Otherwise the user's umask decides. */
  readonly ownerOnly?: boolean;
}

/** Takes over a socket file that nobody answers on; throws `AddrInUse` where somebody does. Removes the file when closed. */
export async function listenUnix(path: string, { ownerOnly = false }: UnixOptions = {}): Promise<Listener> {
  await removeStale(path);
  const listen = () => Deno.listen({ transport: "unix", path });
  const listener = ownerOnly ? withUmask(0o177, listen) : listen();
  const made = inodeOf(path);
  const accept = (): Promise<Deno.UnixConn> => listener.accept();
  const close = (): void => closeOwn(listener, path, made);
  const peer = `unix:${path}`;
  return new StreamListener({ accept, close }, peer, (conn) => new StreamConnection(conn, { peer, privileged: true }));
}

/** A mode that is changed later would leave a moment for others. */
function withUmask<T>(mask: number, make: () => T): T {
  const before = Deno.umask(mask);
  try {
    return make();
  } finally {
    Deno.umask(before);
  }
}

/** Rejects with what `Deno.connect` rejects with. */
export async function dialUnix(path: string): Promise<Connection> {
  return new StreamConnection(await Deno.connect({ transport: "unix", path }), { peer: `unix:${path}` });
}

async function removeStale(path: string): Promise<void> {
  const info = await Deno.lstat(path).catch(() => undefined);
  if (info === undefined) return;
  if (info.isSocket === false) {
    throw new Deno.errors.AlreadyExists(`File ${path} is no socket: it is left as it is`);
  }
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    await Deno.remove(path);
    return;
  }
  throw new Deno.errors.AddrInUse(`A server is listening on ${path} already`);
}

/** Deno removes whatever is at the path with the listener, so that the file of another server has to step aside meanwhile. */
function closeOwn(listener: Deno.UnixListener, path: string, inode: number | null): void {
  const aside = `${path}.${Deno.pid}`;
  const other = inodeOf(path) !== inode && move(path, aside);
  listener.close();
  if (other) move(aside, path);
}

function inodeOf(path: string): number | null {
  try {
    return Deno.statSync(path).ino;
  } catch {
    return null;
  }
}

/** False where nothing is there, or it may not be moved. */
function move(from: string, to: string): boolean {
  try {
    Deno.renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
