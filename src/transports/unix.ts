import type { Connection, Listener } from "./connection.ts";
import { StreamConnection } from "./stream_connection.ts";
import { StreamListener } from "./stream_listener.ts";

/** Takes over a socket file that nobody answers on; throws `AddrInUse` where somebody does. Removes the file when closed. */
export async function listenUnix(path: string): Promise<Listener> {
  await removeStale(path);
  const listener = Deno.listen({ transport: "unix", path });
  const made = Deno.statSync(path).ino;
  return new StreamListener(listener, `unix:${path}`, () => `unix:${path}`, () => removeOwn(path, made));
}

/** Rejects with what `Deno.connect` rejects with. */
export async function dialUnix(path: string): Promise<Connection> {
  return new StreamConnection(await Deno.connect({ transport: "unix", path }), `unix:${path}`);
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

/** Unless another server has put its own file there since. */
function removeOwn(path: string, inode: number | null): void {
  try {
    if (Deno.statSync(path).ino === inode) Deno.removeSync(path);
  } catch {
    // Removed by somebody else.
  }
}
