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

/** A path of its own for each listener; the folder goes with it. */
async function listenSomewhere(): Promise<Listener> {
  const folder = await Deno.makeTempDir({ prefix: "confab-" });
  const listener = await listenUnix(`${folder}/confab.sock`);
  const close = (): void => {
    listener.close();
    try {
      Deno.removeSync(folder, { recursive: true });
    } catch {
      // Closed a second time.
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

inFolder("its address is what others dial, and both ends know each other by it", async (path) => {
  const listener = await listenUnix(path);
  assertEquals(listener.address, `unix:${path}`);
  const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
  assertEquals([here.peer, there!.peer], [`unix:${path}`, `unix:${path}`]);
  for (const end of [here, there!, listener]) end.close();
});

inFolder("its file goes when it is closed", async (path) => {
  const listener = await listenUnix(path);
  assert(await exists(path));
  listener.close();
  assert(!await exists(path));
});

inFolder("a stale file is taken over", async (path) => {
  await makeStale(path);
  assert(await exists(path));
  const listener = await listenUnix(path);
  const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
  for (const end of [here, there!, listener]) end.close();
});

/** Leaves the file behind, as a server does that was killed: Deno itself removes it with the listener. */
async function makeStale(path: string): Promise<void> {
  const listener = Deno.listen({ transport: "unix", path: `${path}.live` });
  await Deno.link(`${path}.live`, path);
  listener.close();
}

inFolder("a live one is refused, and goes on", async (path) => {
  const listener = await listenUnix(path);
  await assertRejects(() => listenUnix(path), Deno.errors.AddrInUse);
  (await listener.accept())!.close(); // The one that was sent to look.
  const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
  for (const end of [here, there!, listener]) end.close();
});

inFolder("a file that is no socket is left as it is", async (path) => {
  await Deno.writeTextFile(path, "precious");
  await assertRejects(() => listenUnix(path), Deno.errors.AlreadyExists);
  assertEquals(await Deno.readTextFile(path), "precious");
});

inFolder("a folder is left as it is, too", async (path) => {
  await Deno.mkdir(path);
  await assertRejects(() => listenUnix(path), Deno.errors.AlreadyExists);
  assert((await Deno.lstat(path)).isDirectory);
});

inFolder("a file that another server has put in its place stays", async (path) => {
  const listener = await listenUnix(path);
  await Deno.remove(path);
  const other = await listenUnix(path);
  listener.close();
  const [there, here] = await Promise.all([other.accept(), dialUnix(path)]);
  for (const end of [here, there!]) end.close();
  other.close();
  assert(!await exists(path));
});

inFolder("one for its owner alone can be opened by nobody else, and works and goes as every other", async (path) => {
  const listener = await listenUnix(path, { ownerOnly: true });
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
  assertEquals([here.peer, there!.peer], [`unix:${path}`, `unix:${path}`]);
  for (const end of [here, there!, listener]) end.close();
  assertEquals(await Array.fromAsync(Deno.readDir(dirname(path))), []);
});

inFolder("one for its owner alone is made where a server was killed in the middle of it", async (path) => {
  await Deno.mkdir(`${path}.new`);
  await makeStale(`${path}.new/s`);
  const listener = await listenUnix(path, { ownerOnly: true });
  const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
  for (const end of [here, there!, listener]) end.close();
  assertEquals(await Array.fromAsync(Deno.readDir(dirname(path))), []);
});

inFolder("where nobody listens, dialing says that nothing is there", async (path) => {
  await assertRejects(() => dialUnix(path), Deno.errors.NotFound);
});

inFolder("each connection is privileged, and no other system user can connect", async (path) => {
  const listener = await listenUnix(path);
  const comeAndGo = async () => {
    const [there, here] = await Promise.all([listener.accept(), dialUnix(path)]);
    for (const end of [here, there!]) end.close();
    return [there!.privileged, here.privileged, there!.remoteAddress];
  };
  await Deno.chmod(path, 0o755);
  assertEquals(await comeAndGo(), [true, false, undefined]);
  for (const mode of [0o775, 0o757, 0o777]) {
    await Deno.chmod(path, mode);
    assertEquals(await comeAndGo(), [false, false, undefined], mode.toString(8));
  }
  listener.close();
});
