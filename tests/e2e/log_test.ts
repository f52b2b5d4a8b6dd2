import { assert, assertEquals, assertMatch } from "@std/assert";
import { EXIT } from "../../src/cli/args/exit_codes.ts";
import { assertOneLine, commandLine, runConfab, serve, WINDOWS } from "../helpers/e2e.ts";
import { homeVariables, newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { inTime, Lines } from "../helpers/process_lines.ts";

type Entry =
  & { readonly at: string; readonly level: string; readonly event: string }
  & Readonly<Record<string, unknown>>;

function entries(log: string): Entry[] {
  return log.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

Deno.test("the log describes a server's life in stable words, to its last line", async () => {
  await using server = await serve("--log", "json");
  await using ada = await Peer.join(server.address, "ada");
  await ada.send({ type: "message", ref: "r", text: "hello" });
  await ada.next({ type: "ack" });
  await server.stop();
  const log = entries((await server.program.exit()).stderr);
  const [started, connected, draining, disconnected, drained] = log;
  assertEquals(log.map(({ event }) => event), [
    "started",
    "connected",
    ...WINDOWS ? [] : ["draining", "disconnected", "drained"],
  ]);
  const addresses = WINDOWS ? server.address : `${server.address} unix:${server.folder}/control.sock`;
  assertEquals([started!.history, started!.addresses, started!.rooms], [server.folder, addresses, 0]);
  assertEquals(connected!.connections, 1);
  if (WINDOWS) return;
  assertEquals([draining!.connections, disconnected!.peer], [1, connected!.peer]);
  assertEquals([drained!.accepted, drained!.messages], [1, 1]);
});

Deno.test("--log-file gets the log, and standard error gets none of it", async () => {
  const path = `${newFolder()}/serve.log`;
  await using server = await serve("--log", "json", "--log-file", path, "--log-level", "debug");
  {
    await using _ada = await Peer.join(server.address, "ada");
  }
  await server.stop();
  assertEquals((await server.program.exit()).stderr, "");
  const log = entries(await Deno.readTextFile(path));
  assertEquals(log[0]!.event, "started");
  if (!WINDOWS) assertEquals(log.at(-1)!.event, "drained");
});

Deno.test("a log file that cannot be opened ends serve with one line", async () => {
  const { code, stdout, stderr } = await runConfab(["serve", "--memory", "--port", "0", "--log-file", newFolder()]);
  assertEquals([code, stdout], [EXIT.cannotStore, ""], stderr);
  assertOneLine(stderr);
  assertMatch(stderr, /^Cannot open the log file /);
});

Deno.test("a server continues and stops cleanly when its standard error is closed", async () => {
  const [command, ...args] = commandLine(["serve", "--memory", "--port", "0", "--log-level", "debug"]);
  const child = new Deno.Command(command, {
    args,
    env: homeVariables(newFolder()),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = new Lines(() => "Standard output of the server without standard error:");
  const reading = child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({ write: (text) => lines.add(text), close: () => lines.end() }),
  );
  try {
    await child.stderr.cancel();
    const address = (await lines.next("Listening on ")).slice("Listening on ".length);
    for (const name of ["ada", "bob", "cy"]) {
      await using peer = await Peer.join(address, name);
      await peer.send({ type: "message", ref: name, text: "hello" });
      await peer.next({ type: "ack" });
    }
  } finally {
    child.kill("SIGTERM");
    await reading;
  }
  const { code } = await inTime(child.status, () => "the end of the server");
  if (!WINDOWS) assertEquals(code, EXIT.fine);
  assert(lines.ended);
});
