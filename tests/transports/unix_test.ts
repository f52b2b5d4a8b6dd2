import { dirname } from "node:path";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Listener } from "../../src/transports/connection.ts";
import { dialUnix, listenUnix } from "../../src/transports/unix.ts";
import { connectionContract, type Transport } from "../contracts/connection_contract.ts";
import { listenerContract } from "../contracts/listener_contract.ts";

const ignore = Deno.build.os === "windows";

function pathOf(listener: Listener): string {
  return listener.address.slice("unix:".length);
}

/** Listens in a new folder, which `close` removes. */
async function listenSomewhere(): Promise<Listener> {
  const folder = await Deno.makeTempDir({ prefix: "confab-" });
  const listener = await listenUnix(`${folder}/confab.sock`);
  const close = (): void => {
    listener.close();
    try {
      Deno.removeSync(folder, { recursive: true });
    } catch {
      // An earlier call has removed it.
    }
  };
  return { address: listener.address, accept: () => listener.accept(), close };
}

const UNIX: Transport = {
  listen: listenSomewhere,
  dial: (listener) => dialUnix(pathOf(listener)),
  dialRaw: (listener) => Deno.connect({ transport: "unix", path: pathOf(listener) }),
};

if (!ignore) {
  connectionContract("Unix socket", UNIX);
  listenerContract("Unix socket", UNIX);
}

function inFolder(sentence: string, run: (path: string) => Promise<void>): void {
  Deno.test(`Unix socket: ${sentence}`, { ignore }, async () => {
    const folder = await Deno.makeTempDir({ prefix: "confab-" });
    try {
      await run(`${folder}/confab.sock`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

inFolder("both ends report the address of the listener as their peer", async (path) => {
  const listener = await listenUnix(path);
  assertEquals(listener.address, `unix:${path}`);
  const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
  assertEquals([here.peer, there!.peer], [`unix:${path}`, `unix:${path}`]);
  for (const end of [here, there!, listener]) end.close();
});

inFolder("closing removes the socket file", async (path) => {
  const listener = await listenUnix(path);
  assert(await exists(path));
  listener.close();
  assert(!await exists(path));
});

inFolder("a listener replaces a stale socket file", async (path) => {
  await makeStale(path);
  assert(await exists(path));
  const listener = await listenUnix(path);
  const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
  for (const end of [here, there!, listener]) end.close();
});

/** Creates a socket file without a listener, as a killed server leaves it. Deno removes the original with the listener. */
async function makeStale(path: string): Promise<void> {
  const listener = Deno.listen({ transport: "unix", path: `${path}.live` });
  await Deno.link(`${path}.live`, path);
  listener.close();
}

inFolder("listening fails where a server is listening, which goes on", async (path) => {
  const listener = await listenUnix(path);
  await assertRejects(() => listenUnix(path), Deno.errors.AddrInUse);
  (await listener.accept())!.close(); // The connection that checked whether the server is alive.
  const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
  for (const end of [here, there!, listener]) end.close();
});

inFolder("listening fails where a file is not a socket, and leaves it unchanged", async (path) => {
  await Deno.writeTextFile(path, "precious");
  await assertRejects(() => listenUnix(path), Deno.errors.AlreadyExists);
  assertEquals(await Deno.readTextFile(path), "precious");
});

inFolder("listening fails where a folder is, and leaves it unchanged", async (path) => {
  await Deno.mkdir(path);
  await assertRejects(() => listenUnix(path), Deno.errors.AlreadyExists);
  assert((await Deno.lstat(path)).isDirectory);
});

inFolder("closing keeps the socket file of another server at the same path", async (path) => {
  const listener = await listenUnix(path);
  await Deno.remove(path);
  const other = await listenUnix(path);
  listener.close();
  const [there, here] = await Promise.all([other.accept(), dialUnix(path)]);
  for (const end of [here, there!]) end.close();
  other.close();
  assert(!await exists(path));
});

inFolder("only its owner can open an owner-only socket, which works like any other and is removed", async (path) => {
  const listener = await listenUnix(path, { ownerOnly: true });
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
  assertEquals([here.peer, there!.peer], [`unix:${path}`, `unix:${path}`]);
  for (const end of [here, there!, listener]) end.close();
  assertEquals(await Array.fromAsync(Deno.readDir(dirname(path))), []);
});

inFolder("an owner-only socket can be created where a server was killed while it created one", async (path) => {
  await Deno.mkdir(`${path}.new`);
  await makeStale(`${path}.new/s`);
  const listener = await listenUnix(path, { ownerOnly: true });
  const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
  for (const end of [here, there!, listener]) end.close();
  assertEquals(await Array.fromAsync(Deno.readDir(dirname(path))), []);
});

inFolder("dialing a path without a socket rejects with NotFound", async (path) => {
  await assertRejects(() => dialUnix(path), Deno.errors.NotFound);
});

inFolder("connections are privileged only while no other system user can connect", async (path) => {
  const listener = await listenUnix(path);
  const connectOnce = async () => {
    const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
    for (const end of [here, there!]) end.close();
    return [there!.privileged, here.privileged, there!.remoteAddress];
  };
  await Deno.chmod(path, 0o755);
  assertEquals(await connectOnce(), [true, false, undefined]);
  for (const mode of [0o775, 0o757, 0o777]) {
    await Deno.chmod(path, mode);
    assertEquals(await connectOnce(), [false, false, undefined], mode.toString(8));
  }
  listener.close();
});
