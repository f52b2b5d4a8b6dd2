import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { dirname, join } from "node:path";
import { DiskFiles } from "../../../src/cli/files/disk_files.ts";
import { downloadFolder } from "../../../src/cli/files/download_folder.ts";
import { launchCommand } from "../../../src/cli/files/file_launcher.ts";
import { bytesOf } from "../../client/files/fake_link.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const WINDOWS = Deno.build.os === "windows";
const FILE = { name: "a.txt", sha256: "0123456789abcdef" };

Deno.test("a file is read from any offset, and only a regular file is opened", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "a.bin");
  Deno.writeFileSync(path, bytesOf(100));
  const files = new DiskFiles();
  assertEquals([files.sizeOf(path), files.sizeOf(folder.path), files.sizeOf(`${path}x`)], [100, undefined, undefined]);
  const source = files.openSource(path);
  assertEquals([source.name, source.size], ["a.bin", 100]);
  const buffer = new Uint8Array(60);
  assertEquals([await source.read(90, buffer), await source.read(40, buffer), await source.read(100, buffer)], [
    10,
    60,
    0,
  ]);
  assertEquals(buffer, bytesOf(100).slice(40));
  source.close();
  assertThrows(() => files.openSource(folder.path), Error, `Cannot send ${folder.path}: `);
  assertThrows(() => files.openSource(`${path}x`), Error, "it does not exist");
});

Deno.test({
  name: "a pipe without a writer is refused at once, and the home folder and file URLs are understood",
  ignore: WINDOWS,
  async fn() {
    using folder = temporaryFolder();
    const pipe = join(folder.path, "pipe");
    assert((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
    const files = new DiskFiles();
    assertThrows(() => files.openSource(pipe), Error, "it is not a file");
    Deno.writeTextFileSync(join(folder.path, "my file"), "x");
    assertEquals(files.sizeOf(`file://${folder.path}/my%20file`), 1);
    assertEquals(files.sizeOf("file://elsewhere/my%20file"), undefined);
    const home = Deno.env.get("HOME");
    Deno.env.set("HOME", folder.path);
    try {
      assertEquals([files.sizeOf("~/my file"), files.sizeOf("~x/my file")], [1, undefined]);
    } finally {
      if (home === undefined) Deno.env.delete("HOME");
      else Deno.env.set("HOME", home);
    }
  },
});

Deno.test("paths are completed with their folders, hidden ones only after a dot", () => {
  using folder = temporaryFolder();
  for (const name of ["ab.txt", "ac.txt", ".hidden"]) Deno.writeTextFileSync(join(folder.path, name), "");
  Deno.mkdirSync(join(folder.path, "a folder"));
  const files = new DiskFiles();
  const base = `${folder.path.replaceAll("\\", "/")}/`;
  const from = (start: string) => files.pathsFrom(base + start).map((path) => path.slice(base.length));
  assertEquals(from("a"), ["a folder/", "ab.txt", "ac.txt"]);
  assertEquals(from("ab"), ["ab.txt"]);
  assertEquals(from(""), ["a folder/", "ab.txt", "ac.txt"]);
  assertEquals(from("."), [".hidden"]);
  assertEquals(from("missing/"), []);
});

Deno.test("a file is saved in a folder, under a chosen name, or under a name that is safe on this system", async () => {
  using folder = temporaryFolder();
  const files = new DiskFiles();
  const save = async (name: string, path: string) => {
    const sink = await files.openSink({ ...FILE, name }, path);
    return await sink.finish();
  };
  assertEquals(await save("../../.bashrc", folder.path), join(folder.path, "_.._.bashrc"));
  assertEquals(await save("a.txt", join(folder.path, "b.txt")), join(folder.path, "b.txt"));
  await assertRejects(() => save("a.txt", `${folder.path}/missing/`), Error, "There is no folder");
});

Deno.test("a private folder is the user's alone, and what a file is, its first bytes say", async () => {
  const files = new DiskFiles();
  const sink = await files.openPrivateSink({ ...FILE, name: "a.pdf" });
  await sink.append(new TextEncoder().encode("%PDF-1.7"));
  const path = await sink.finish();
  try {
    assertEquals(await files.mediaOf(path), "application/pdf");
    if (!WINDOWS) assertEquals(Deno.statSync(dirname(path)).mode! & 0o777, 0o700);
  } finally {
    Deno.removeSync(dirname(path), { recursive: true });
  }
});

Deno.test("downloads go to the folder that the desktop names, the usual one, or the current one", () => {
  const find = (os: string, folders: readonly string[], text?: string, env: Record<string, string> = { HOME: "/h" }) =>
    downloadFolder({ os, env: (name) => env[name], isFolder: (path) => folders.includes(path), read: () => text });
  const chosen = 'XDG_DESKTOP_DIR="$HOME/D"\nXDG_DOWNLOAD_DIR="$HOME/Geladen \\"x\\""\n';
  if (WINDOWS) return;
  assertEquals(find("linux", ['/h/Geladen "x"', "/h/Downloads"], chosen), '/h/Geladen "x"');
  assertEquals(find("linux", ["/h/Downloads"], chosen), "/h/Downloads");
  assertEquals(find("linux", ["/h", "/h/Downloads"], 'XDG_DOWNLOAD_DIR="$HOME/"'), "/h/Downloads");
  assertEquals(find("linux", ["relative"], 'XDG_DOWNLOAD_DIR="relative"'), ".");
  assertEquals(find("darwin", ["/h/Downloads"]), "/h/Downloads");
  assertEquals(find("linux", []), ".");
  assertEquals(find("linux", ["/h/Downloads"], undefined, {}), ".");
});

Deno.test("a file is opened by a program of the system, with its path as one argument", () => {
  const path = "/tmp/a; rm -rf $HOME.pdf";
  assertEquals(launchCommand(path, "linux"), ["/bin/sh", ["-c", 'exec xdg-open "$1"', "sh", path]]);
  assertEquals(launchCommand(path, "darwin"), ["/bin/sh", ["-c", 'exec /usr/bin/open "$1"', "sh", path]]);
  const [program, args] = launchCommand("C:\\a b.pdf", "windows", () => "C:\\Windows");
  assertMatch(program, /rundll32\.exe$/);
  assertEquals(args, ["url.dll,FileProtocolHandler", "C:\\a b.pdf"]);
});
