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
  const listener = ownerOnly ? listenPrivately(path) : Deno.listen({ transport: "unix", path });
  const made = inodeOf(path);
  const accept = (): Promise<Deno.UnixConn> => listener.accept();
  const close = (): void => closeOwn(listener, path, made);
  const peer = `unix:${path}`;
  return new StreamListener(
    { accept, close },
    peer,
    (conn) => new StreamConnection(conn, { peer, privileged: isPrivate(path) }),
  );
}

/** The file is made where only its owner can come, for a mode that is set later would leave others a moment. */
function listenPrivately(path: string): Deno.UnixListener {
  const folder = `${path}.new`;
  // Of a server that was killed in between.
  removeIfThere(`${folder}/s`);
  removeIfThere(folder);
  Deno.mkdirSync(folder, { mode: 0o700 });
  try {
    const listener = Deno.listen({ transport: "unix", path: `${folder}/s` });
    Deno.chmodSync(`${folder}/s`, 0o600);
    Deno.renameSync(`${folder}/s`, path);
    return listener;
  } finally {
    removeIfThere(folder);
  }
}

/** Whether nobody but this user, and root, may connect at the moment: whoever opens the socket to others makes it one like any other. */
function isPrivate(path: string): boolean {
  try {
    return ((Deno.lstatSync(path).mode ?? 0o022) & 0o022) === 0;
  } catch {
    return false;
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
  const own = inodeOf(path) === inode;
  const other = !own && move(path, aside);
  listener.close();
  if (other) move(aside, path);
  // One that was moved here when it was made is not at the path that Deno knows.
  if (own) removeIfThere(path);
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Gone already.
  }
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
