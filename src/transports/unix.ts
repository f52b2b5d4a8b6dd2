import type { Listener } from "./connection.ts";
import { StreamConnection } from "./stream_connection.ts";
import { StreamListener } from "./stream_listener.ts";

export interface UnixOptions {
  /** Whether only this user and root may connect. Otherwise the user's umask decides. */
  readonly ownerOnly?: boolean;
  /** Whether a trusted proxy connects here: then no connection is privileged. */
  readonly isProxy?: boolean;
}

/** Replaces the socket file of a server that has ended; throws `AddrInUse` if a server answers there. Removes the file when closed. */
export async function listenUnix(
  path: string,
  { ownerOnly = false, isProxy = false }: UnixOptions = {},
): Promise<Listener> {
  await removeStale(path);
  const listener = ownerOnly ? listenPrivately(path) : Deno.listen({ transport: "unix", path });
  const inode = inodeOf(path);
  const accept = (): Promise<Deno.UnixConn> => listener.accept();
  const close = (): void => closeOwn(listener, path, inode);
  const peer = `unix:${path}`;
  return new StreamListener(
    { accept, close },
    peer,
    (conn) =>
      new StreamConnection(conn, { peer, privileged: !isProxy && isPrivate(path), isProxy, sendsHeader: isProxy }),
  );
}

/** Creates the file in a private folder and moves it: a mode that is set later would leave others a moment to connect. */
function listenPrivately(path: string): Deno.UnixListener {
  const folder = `${path}.new`;
  // An earlier server that was killed in the steps below may have left these.
  removeIfPresent(`${folder}/s`);
  removeIfPresent(folder);
  Deno.mkdirSync(folder, { mode: 0o700 });
  try {
    const listener = Deno.listen({ transport: "unix", path: `${folder}/s` });
    Deno.chmodSync(`${folder}/s`, 0o600);
    Deno.renameSync(`${folder}/s`, path);
    return listener;
  } finally {
    removeIfPresent(folder);
  }
}

/** Whether only this user and root may connect now. A socket that was opened to others gives no privilege. */
function isPrivate(path: string): boolean {
  try {
    return ((Deno.lstatSync(path).mode ?? 0o022) & 0o022) === 0;
  } catch {
    return false;
  }
}

/** Rejects with the errors of `Deno.connect`. */
export async function dialUnix(path: string): Promise<StreamConnection> {
  return new StreamConnection(await Deno.connect({ transport: "unix", path }), { peer: `unix:${path}` });
}

async function removeStale(path: string): Promise<void> {
  const info = await Deno.lstat(path).catch(() => undefined);
  if (info === undefined) return;
  if (info.isSocket === false) {
    throw new Deno.errors.AlreadyExists(`File ${path} is not a socket: remove it or choose another path`);
  }
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    await Deno.remove(path);
    return;
  }
  throw new Deno.errors.AddrInUse(`A server is already listening on ${path}`);
}

/** Closes the listener. Deno also removes any file at its path, so another server's file is moved aside meanwhile. */
function closeOwn(listener: Deno.UnixListener, path: string, inode: number | null): void {
  const aside = `${path}.${Deno.pid}`;
  const own = inodeOf(path) === inode;
  const other = !own && move(path, aside);
  listener.close();
  if (other) move(aside, path);
  // A file that was moved here is not at the path that Deno knows.
  if (own) removeIfPresent(path);
}

function removeIfPresent(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Removed already.
  }
}

function inodeOf(path: string): number | null {
  try {
    return Deno.statSync(path).ino;
  } catch {
    return null;
  }
}

/** Returns false if there is no such file, or it may not be moved. */
function move(from: string, to: string): boolean {
  try {
    Deno.renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
