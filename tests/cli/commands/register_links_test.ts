import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import { CONNECT } from "../../../src/cli/commands/connect.ts";
import { parseDestination } from "../../../src/cli/joining/destination.ts";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import {
  argumentsOfLink,
  desktopEntry,
  isLink,
  registryAdditions,
  XDG_MIME,
} from "../../../src/cli/invites/link_handler.ts";
import { type Machine, REGISTER_LINKS, registerLinks } from "../../../src/cli/commands/register_links.ts";

const NO_ENV = () => undefined;
const ADD = readArguments([], REGISTER_LINKS, NO_ENV);
const REMOVE = readArguments(["--remove"], REGISTER_LINKS, NO_ENV);

function machine(given: Partial<Machine>): Machine & { readonly calls: string[][] } {
  const calls: string[][] = [];
  return {
    calls,
    os: "linux",
    executable: "/opt/confab",
    env: NO_ENV,
    print: (line) => calls.push(["print", line]),
    run(program, args) {
      calls.push([program, ...args]);
      return Promise.resolve(0);
    },
    ...given,
  };
}

function programsOf({ calls }: { readonly calls: readonly string[][] }): string[][] {
  return calls.filter(([program]) => program !== "print");
}

Deno.test("on Linux a desktop file is registered for links, and --remove deletes it", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const folder = await Deno.makeTempDir();
  try {
    const linux = machine({ env: (variable) => variable === "XDG_DATA_HOME" ? folder : undefined });
    assertEquals(await registerLinks(ADD, linux), EXIT.fine);
    const path = `${folder}/applications/confab.desktop`;
    assertEquals(await Deno.readTextFile(path), desktopEntry("/opt/confab"));
    assertEquals(programsOf(linux), [[XDG_MIME, "default", "confab.desktop", "x-scheme-handler/confab"]]);
    assertEquals(await registerLinks(REMOVE, linux), EXIT.fine);
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
    assertEquals(await registerLinks(REMOVE, linux), EXIT.fine);
    assertEquals(await registerLinks(ADD, { ...linux, run: () => Promise.reject(new Error("not there")) }), EXIT.fine);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a desktop file quotes its program, whatever its path contains", () => {
  const entry = desktopEntry('/home/ada/my $files/a"b`c\\d/confab');
  assertStringIncludes(entry, '\nExec="/home/ada/my \\\\$files/a\\\\"b\\\\`c\\\\\\\\d/confab" %u\n');
  assertStringIncludes(entry, "\nTerminal=true\n");
  assertStringIncludes(entry, "\nMimeType=x-scheme-handler/confab;\n");
  assertEquals(desktopEntry("/a\nb/confab").split("\n").length, desktopEntry("/ab/confab").split("\n").length);
});

Deno.test("a desktop file starts a program through a shell if Exec cannot hold its path, and %u is its only percent sign", () => {
  for (const path of ["/opt/100%/confab", "/opt/a=b/confab", "/opt/%u/confab"]) {
    const [exec] = /^Exec=.*$/m.exec(desktopEntry(path))!;
    assertStringIncludes(exec, `Exec=/bin/sh -c "exec `);
    assertEquals(exec.match(/[%=].?/g), ["=/", "%u"]);
  }
});

/** Parses the key Exec as the Desktop Entry Specification prescribes. */
function wordsOf(entry: string, link: string): string[] {
  const escapes: Record<string, string> = { s: " ", n: "\n", t: "\t", r: "\r", "\\": "\\" };
  const exec = /^Exec=(.*)$/m.exec(entry)![1]!.replace(/\\(.)/g, (_, char: string) => escapes[char]!);
  const words = exec.match(/"(?:[^"`$\\]|\\["`$\\])*"|[^\s"'\\><~|&;$*?#()`]+/g)!;
  assertEquals(words.join(" "), exec);
  return words.map((word) => {
    if (!word.startsWith('"')) return word === "%u" ? link : word;
    assert(!word.includes("%"), `A field code is in quotes: ${word}`);
    return word.slice(1, -1).replace(/\\(.)/g, "$1");
  });
}

Deno.test({
  name: "a desktop starts the program, wherever it is, with the link as its only argument",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const link = "confab://chat.example/lobby#a%20b";
    const folder = await Deno.makeTempDir();
    try {
      for (const name of ["plain", "two words", "100%", "%u", "a=b", "$HOME `id` \"q\" 's' \\", "\u00e9\u674e%"]) {
        await Deno.mkdir(`${folder}/${name}`);
        const path = `${folder}/${name}/confab`;
        await Deno.writeTextFile(path, `#!/bin/sh\nprintf '%s ' "$#" "$1"\n`, { mode: 0o755 });
        const [program, ...args] = wordsOf(desktopEntry(path), link);
        assert(!program!.includes("="), program);
        const { stdout } = await new Deno.Command(program!, { args }).output();
        assertEquals(new TextDecoder().decode(stdout), `1 ${link} `, name);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

const SYSTEM_ROOT = (variable: string) => variable === "SystemRoot" ? "D:\\WinNT" : undefined;
const REG_PATH = "D:\\WinNT\\System32\\reg.exe";
const KEY = "HKCU\\Software\\Classes\\confab";

Deno.test("on Windows the registry gets the command with the link in quotes, and --remove deletes the key", async () => {
  const windows = machine({ os: "windows", executable: "C:\\My files\\confab.exe", env: SYSTEM_ROOT });
  await registerLinks(ADD, windows);
  await registerLinks(REMOVE, windows);
  assertEquals(programsOf(windows), [
    ...registryAdditions("C:\\My files\\confab.exe").map((call) => [REG_PATH, ...call]),
    [REG_PATH, "query", KEY],
    [REG_PATH, "delete", KEY, "/f"],
  ]);
  assertEquals(programsOf(windows)[2]!.slice(2), [
    `${KEY}\\shell\\open\\command`,
    "/ve",
    "/d",
    '"C:\\My files\\confab.exe" "%1"',
    "/f",
  ]);
});

Deno.test("on Windows a second --remove changes nothing and succeeds", async () => {
  const windows = machine({ os: "windows", env: SYSTEM_ROOT });
  const calls: string[][] = [];
  const run = (program: string, args: readonly string[]) => {
    calls.push([program, ...args]);
    return Promise.resolve(1);
  };
  assertEquals(await registerLinks(REMOVE, { ...windows, run }), EXIT.fine);
  assertEquals(calls, [[REG_PATH, "query", KEY]]);
  assertEquals(windows.calls, [["print", "Links did not open this program"]]);
});

Deno.test("on Windows a registry that refuses a change is reported without the text of reg", async () => {
  const denied = machine({ os: "windows", env: SYSTEM_ROOT, run: () => Promise.resolve(1) });
  const failure = await assertRejects(() => registerLinks(ADD, denied), Failure);
  const expected = `Cannot change the registry: ${REG_PATH} add ended with 1; ask who administers this machine`;
  assertEquals([failure.code, failure.message], [EXIT.cannotStore, expected]);
  const missing = machine({ os: "windows", run: () => Promise.reject(new Deno.errors.NotFound("reg.exe")) });
  const { message } = await assertRejects(() => registerLinks(ADD, missing), Failure);
  assertEquals(message, "Cannot change the registry: it does not exist");
});

Deno.test("register-links on an unsupported system says what to do instead", async () => {
  const mac = await assertRejects(() => registerLinks(ADD, machine({ os: "darwin" })), Failure);
  assertStringIncludes(mac.message, 'run confab connect "INVITE"');
  const checkout = await assertRejects(() => registerLinks(ADD, machine({ executable: undefined })), Failure);
  assertStringIncludes(checkout.message, "deno task compile");
});

Deno.test("a link never becomes an option, and a split link does nothing", () => {
  for (const link of ["confab://--data", "confab:--data=/tmp/x", "CONFAB://x/--json#.a", 'confab://x" --json "']) {
    assertEquals(isLink(link), true);
    const args = readArguments(argumentsOfLink([link]), CONNECT, NO_ENV);
    assertEquals([args.operands, args.flag("json"), args.text("name")], [[link], false, undefined]);
  }
  for (
    const link of [
      "confab://--data",
      "confab:--data=/tmp/x",
      'confab://x" --json "',
      "confab://",
      "confab:",
      "confab://a b",
    ]
  ) {
    assertThrows(() => parseDestination([link]), Failure);
  }
  assertThrows(() => argumentsOfLink(["confab://x", "--json"]), Failure);
  for (const word of [undefined, "connect", "--confab:", "x confab://"]) assertEquals(isLink(word), false);
});
