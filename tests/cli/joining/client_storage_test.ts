import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ClientMemory, Remembered } from "../../../src/client/client_memory.ts";
import { openClientState, stateFolder } from "../../../src/cli/joining/client_storage.ts";
import { keepLastName, lastName } from "../../../src/cli/joining/last_name.ts";
import { Random } from "../../helpers/random.ts";

const HAS_MODES = Deno.build.os !== "windows";

const REMEMBERED: Remembered = {
  serverId: "s-1",
  token: "t-1",
  name: "ada",
  lastSeqs: [["lobby", 7], ["dev", 3]],
  pending: [{ ref: "r-1", target: { room: "lobby" }, text: "not sent\nyet \u{1f600}" }],
};

class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "confab-state-" });
  readonly state = `${this.path}/deep/state`;
  readonly warnings: string[] = [];

  open(name = "ada", address = "127.0.0.1"): ClientMemory | undefined {
    return openClientState({ folder: this.state, address, name, warn: (line) => this.warnings.push(line) });
  }

  /** The path of the only file with this suffix. */
  file(ending: string): string {
    const [name, ...others] = [...Deno.readDirSync(this.state)].map(({ name }) => name).filter((n) =>
      n.endsWith(ending)
    );
    assert(name !== undefined && others.length === 0, `${ending}: ${[name, ...others]}`);
    return `${this.state}/${name}`;
  }

  keep(remembered: Remembered, name = "ada"): void {
    const memory = this.open(name)!;
    assert(memory.save(remembered));
    memory.close();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function mode(path: string): string {
  return (Deno.statSync(path).mode! & 0o777).toString(8);
}

/** A program that opens ada's memory in this folder, runs `body`, and then waits forever. */
function child(folder: Folder, body: string, flags: readonly string[] = ["--allow-read", "--allow-write"]) {
  const module = new URL("../../../src/cli/joining/client_storage.ts", import.meta.url);
  const code = `
    import { openClientState } from ${JSON.stringify(module.href)};
    const options = { folder: ${JSON.stringify(folder.state)}, address: "127.0.0.1", name: "ada", warn: console.error };
    const memory = openClientState(options);
    const say = (text) => Deno.stdout.writeSync(new TextEncoder().encode(text + "\\n"));
    ${body}
    await Deno.stdin.readable.getReader().read();
  `;
  const path = `${folder.path}/child.ts`;
  Deno.writeTextFileSync(path, code);
  const root = new URL("../../../", import.meta.url);
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-check", "--config=deno.json", ...flags, path],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function firstLine(process: Deno.ChildProcess): Promise<string> {
  return (await firstLines(process, 1))[0]!;
}

async function firstLines(process: Deno.ChildProcess, count: number): Promise<string[]> {
  const decoder = new TextDecoder();
  let text = "";
  const reader = process.stdout.getReader();
  while (text.split("\n").length <= count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  void reader.cancel();
  return text.split("\n").slice(0, count);
}

async function kill(process: Deno.ChildProcess): Promise<void> {
  process.kill("SIGKILL");
  await process.stdin.abort();
  await process.status;
}

Deno.test("a saved memory is loaded by the next client, ignoring the case of the name", () => {
  using folder = new Folder();
  folder.keep(REMEMBERED, "Ada");
  const memory = folder.open("ADA")!;
  assertEquals(memory.load(), REMEMBERED);
  memory.close();
  assertEquals(folder.warnings, []);
});

Deno.test("each name and each address has its own memory", () => {
  using folder = new Folder();
  folder.keep(REMEMBERED);
  for (const memory of [folder.open("bob")!, folder.open("ada", "127.0.0.1:5051")!]) {
    assertEquals(memory.load(), undefined);
    memory.close();
  }
});

Deno.test(
  "folder and file are private, and are made private again",
  { ignore: !HAS_MODES },
  () => {
    using folder = new Folder();
    folder.keep(REMEMBERED);
    assertEquals([mode(folder.state), mode(folder.file(".json")), mode(folder.file(".lock"))], ["700", "600", "600"]);
    Deno.chmodSync(folder.state, 0o755);
    Deno.chmodSync(folder.file(".json"), 0o644);
    const memory = folder.open()!;
    assertEquals(memory.load(), REMEMBERED);
    assertEquals([mode(folder.state), mode(folder.file(".json"))], ["700", "600"]);
    memory.close();
  },
);

Deno.test("a damaged or foreign memory is moved aside with one line, and the client continues without it", () => {
  const texts = (good: string) => [
    "",
    "{",
    good.slice(0, good.length / 2),
    "null",
    "[]",
    "\0\0\0\0",
    good.replace("127.0.0.1", "10.0.0.1"),
    good.replace('"version":1', '"version":0'),
    good.replace('"lastSeqs":[', '"lastSeqs":7,"other":['),
  ];
  using folder = new Folder();
  folder.keep(REMEMBERED);
  for (const text of texts(Deno.readTextFileSync(folder.file(".json")))) {
    folder.warnings.length = 0;
    folder.keep(REMEMBERED);
    Deno.writeTextFileSync(folder.file(".json"), text);
    const memory = folder.open()!;
    assertEquals(memory.load(), undefined, text);
    assertEquals(memory.load(), undefined);
    assertEquals(folder.warnings.length, 1);
    assertMatch(folder.warnings[0]!, /^The client memory is damaged: it was moved to .*\.broken$/);
    assertEquals(Deno.readTextFileSync(folder.file(".broken")), text);
    assert(memory.save(REMEMBERED));
    assertEquals(memory.load(), REMEMBERED);
    memory.close();
  }
});

Deno.test("a second client at the same time is the same member, keeps nothing, and gets the memory after the first", () => {
  using folder = new Folder();
  const first = folder.open()!;
  assert(first.save(REMEMBERED));
  for (const second of [folder.open()!, folder.open("ADA")!]) {
    const { serverId, token, name, names, ignored } = REMEMBERED;
    const identity = { serverId, token, name, names, ignored };
    assertEquals(second.load(), { ...identity, lastSeqs: [], pending: [] });
    assertEquals(second.save({ ...REMEMBERED, token: "other" }), false);
    second.close();
  }
  const other = folder.open("bob");
  other!.close();
  first.close();
  const next = folder.open()!;
  assertEquals(next.load(), REMEMBERED);
  next.close();
  assertEquals(folder.warnings, []);
});

Deno.test("another process holds the memory until it dies", async () => {
  using folder = new Folder();
  folder.keep(REMEMBERED);
  const process = child(folder, `say(memory.load().token);`);
  assertEquals(await firstLine(process), "t-1");
  assertEquals(folder.open()?.save(REMEMBERED), false);
  await kill(process);
  const memory = folder.open()!;
  assertEquals(memory.load(), REMEMBERED);
  memory.close();
});

Deno.test("a process killed during a save leaves the old or the new memory whole", async () => {
  using folder = new Folder();
  folder.keep(REMEMBERED);
  const seed = Date.now();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  for (let round = 0; round < 5; round++) {
    const process = child(
      folder,
      `
      const pending = Array.from({ length: 1000 }, (_, i) => ({ ref: "r" + i, target: { to: "bob" }, text: "x".repeat(2000) }));
      for (let round = 0; ; round++) {
        say(round);
        memory.save({ name: "ada", token: String(round), lastSeqs: [["lobby", round]], pending });
      }`,
    );
    // The process keeps saving until the signal arrives, so it dies at any point of a save.
    await firstLines(process, random.between(1, 12));
    await kill(process);
    const memory = folder.open()!;
    const remembered = memory.load()!;
    if (remembered.token !== "t-1") {
      assertEquals(remembered.pending.length, 1_000);
      assertEquals(remembered.lastSeqs, [["lobby", Number(remembered.token)]]);
    }
    memory.close();
    assertEquals([...Deno.readDirSync(folder.state)].filter(({ name }) => name.endsWith(".partial")), []);
  }
  assertEquals(folder.warnings, []);
});

Deno.test("a failed save is reported to the client, and to the user in one line at the end", () => {
  using folder = new Folder();
  const memory = folder.open()!;
  Deno.renameSync(folder.state, `${folder.state}-gone`);
  assertEquals(memory.save(REMEMBERED), false);
  assertEquals(memory.save(REMEMBERED), false);
  assertEquals(folder.warnings, []);
  memory.close();
  assertEquals(folder.warnings.length, 1);
  assertMatch(folder.warnings[0]!, /^Cannot save the client memory in .*: it does not exist$/);
});

Deno.test("a save that succeeds after failed ones is not reported", () => {
  using folder = new Folder();
  const memory = folder.open()!;
  Deno.renameSync(folder.state, `${folder.state}-gone`);
  assertEquals(memory.save(REMEMBERED), false);
  Deno.renameSync(`${folder.state}-gone`, folder.state);
  assertEquals(memory.save(REMEMBERED), true);
  memory.close();
  assertEquals(folder.warnings, []);
});

Deno.test("an impossible folder means no memory, and one line with the next step", () => {
  using folder = new Folder();
  Deno.writeTextFileSync(`${folder.path}/deep`, "a file");
  assertEquals(folder.open(), undefined);
  assertEquals(folder.warnings.length, 1);
  assertMatch(folder.warnings[0]!, /--no-state/);
});

Deno.test("without permissions there is no prompt and no memory", async () => {
  using folder = new Folder();
  for (const flags of [[], ["--allow-read"], ["--allow-write"]]) {
    const process = child(folder, `say(String(memory));`, flags);
    assertEquals(await firstLine(process), "undefined");
    await kill(process);
  }
});

Deno.test("memories unused for thirty days are removed, and no others", () => {
  using folder = new Folder();
  const old = new Date(Date.now() - 31 * 24 * 60 * 60 * 1_000);
  const running = folder.open("runs")!;
  assert(running.save(REMEMBERED));
  for (const { name } of Deno.readDirSync(folder.state)) Deno.utimeSync(`${folder.state}/${name}`, old, old);
  folder.keep(REMEMBERED, "gone");
  for (const { name } of Deno.readDirSync(folder.state)) Deno.utimeSync(`${folder.state}/${name}`, old, old);
  Deno.writeTextFileSync(`${folder.state}/notes.txt`, "somebody's");
  Deno.utimeSync(`${folder.state}/notes.txt`, old, old);
  folder.keep(REMEMBERED, "recent");
  folder.open("ada")!.close();
  const count = (ending: string) =>
    [...Deno.readDirSync(folder.state)].filter(({ name }) => name.endsWith(ending)).length;
  assertEquals(count(".json"), 2, "of the one that runs and the recent one");
  assertEquals(count(".txt"), 1);
  if (HAS_MODES) assertEquals(count(".lock"), 3);
  assertEquals(folder.open("runs")?.save(REMEMBERED), false);
  running.close();
});

Deno.test("the folder is where each system has such things", { ignore: !HAS_MODES }, () => {
  const env = (variables: Record<string, string>) => (name: string) => variables[name];
  const home = env({ HOME: "/home/ada" });
  assertEquals(stateFolder(home, "linux"), "/home/ada/.local/state/confab");
  assertEquals(stateFolder(env({ HOME: "/home/ada", XDG_STATE_HOME: "/var/ada" }), "linux"), "/var/ada/confab");
  assertEquals(
    stateFolder(env({ HOME: "/home/ada", XDG_STATE_HOME: "ada" }), "linux"),
    "/home/ada/.local/state/confab",
  );
  assertEquals(stateFolder(home, "darwin"), "/home/ada/Library/Application Support/Confab/state");
  assertMatch(stateFolder(env({ LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local" }), "windows")!, /Confab.state$/);
  assertEquals(stateFolder(env({}), "linux"), undefined);
  assertEquals(stateFolder(env({}), "windows"), undefined);
});

function inTemporaryFolder(run: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "confab-" });
  try {
    run(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("the last name is remembered in a file that only its owner can read", () => {
  inTemporaryFolder((parent) => {
    const folder = `${parent}/state`;
    assertEquals(lastName(folder), undefined);
    keepLastName("ada", folder);
    keepLastName("Zoë", folder);
    assertEquals(lastName(folder), "Zoë");
    if (Deno.build.os !== "windows") assertEquals(Deno.statSync(`${folder}/last_name`).mode! & 0o777, 0o600);
  });
});

Deno.test("an invalid file suggests no name, and an unwritable folder is ignored", () => {
  inTemporaryFolder((folder) => {
    for (const text of ["", "a b", "\x1b[2J", "x".repeat(2_000)]) {
      Deno.writeTextFileSync(`${folder}/last_name`, text);
      assertEquals(lastName(folder), undefined, JSON.stringify(text));
    }
    keepLastName("ada", `${folder}/last_name/below`);
    keepLastName("ada", undefined);
  });
});
