import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { controlPath, dialOwnServer, listenForOwner, reachBeside } from "../../../src/cli/hosting/control_socket.ts";
import { EXIT, type ExitCode, Failure } from "../../../src/cli/args/exit_codes.ts";
import type { Reach } from "../../../src/cli/invites/share.ts";
import type { Log } from "../../../src/server/monitor/log_events.ts";

const ignore = Deno.build.os === "windows";
const REACH: Reach = { addresses: ["192.168.1.26:5050"], tls: true, fingerprint: "fp" };

function inFolder(sentence: string, run: (folder: string) => Promise<void>): void {
  Deno.test(`the control socket: ${sentence}`, { ignore }, async () => {
    const folder = await Deno.makeTempDir({ prefix: "confab-" });
    try {
      await run(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

const QUIET: Log = (_level, event) => {
  throw new Error(`Nothing was to be logged, but ${event} was`);
};

async function assertFails(folder: string, says: RegExp, code: ExitCode = EXIT.cannotConnect): Promise<void> {
  const failure = await assertRejects(() => dialOwnServer(folder), Failure);
  assertEquals(failure.code, code);
  assertMatch(failure.message, says);
}

inFolder("the operator reaches the server by its folder and learns its reach", async (folder) => {
  const listener = (await listenForOwner(folder, REACH, QUIET))!;
  const [there, here] = await Promise.all([listener.accept(), dialOwnServer(folder)]);
  assertEquals(here.reach, REACH);
  for (const file of ["control.sock", "control.json"]) {
    assertEquals((await Deno.stat(`${folder}/${file}`)).mode! & 0o777, 0o600, file);
  }
  for (const end of [there!, here.connection, listener]) end.close();
});

inFolder("a folder without a server fails with the next step", async (folder) => {
  await assertFails(folder, /it is not running; start it/);
  const listener = (await listenForOwner(folder, REACH, QUIET))!;
  listener.close();
  await assertFails(folder, /it is not running; start it/);
});

inFolder("the path of the socket gives the reach, and the path of another socket does not", async (folder) => {
  const listener = (await listenForOwner(folder, REACH, QUIET))!;
  assertEquals(reachBeside(controlPath(folder)), REACH);
  assertEquals(reachBeside(`${folder}/other.sock`), undefined);
  listener.close();
  Deno.writeTextFileSync(`${folder}/control.json`, "{");
  assertEquals(reachBeside(controlPath(folder)), undefined);
});

inFolder("a stale socket does not count as a server, and the next server replaces it", async (folder) => {
  const dead = Deno.listen({ transport: "unix", path: `${folder}/dead` });
  await Deno.link(`${folder}/dead`, `${folder}/control.sock`);
  dead.close();
  await assertFails(folder, /it is not running/);
  (await listenForOwner(folder, REACH, QUIET))!.close();
});

inFolder("a server whose folder cannot hold a socket works without it and warns", async (folder) => {
  const events: unknown[] = [];
  const log: Log = (level, event) => void events.push([level, event]);
  const deep = `${folder}/${"x".repeat(120)}`;
  await Deno.mkdir(deep);
  assertEquals(await listenForOwner(deep, REACH, log), undefined);
  assertEquals(events, [["warn", "control socket failed"]]);
});

Deno.test("the control socket: Windows has none, and the way to do without is told", { ignore: !ignore }, async () => {
  const folder = await Deno.makeTempDir({ prefix: "confab-" });
  assertEquals(await listenForOwner(folder, REACH, QUIET), undefined);
  await assertFails(folder, /ADDRESS/, EXIT.usage);
  await Deno.remove(folder, { recursive: true });
});
