import { assert, assertEquals, assertMatch } from "@std/assert";
import { confab, HAS_NC, HAS_TMUX, runConfab, serve, WINDOWS } from "../helpers/e2e.ts";
import { CuttingProxy } from "../helpers/cutting_proxy.ts";
import { Program } from "../helpers/process.ts";
import { poll } from "../helpers/process_lines.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { unwrapped } from "../helpers/terminal_chat.ts";
import { smallPicture } from "../helpers/small_pictures.ts";
import { Tmux } from "../helpers/tmux.ts";

const MB = 1024 * 1024;
const ESCAPE = "\x1b";

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

async function connect(address: string, name: string, options = ""): Promise<Tmux> {
  const terminal = await Tmux.open({ columns: 100, rows: 24 });
  await terminal.enter(`confab connect ${address} --name ${name} ${options}`);
  await terminal.until((screen) => unwrapped(screen).includes("Ctrl-D quits"));
  return terminal;
}

Deno.test({
  name: "a file goes from one terminal to another with its text, and is saved beside an older one (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    using folder = temporaryFolder();
    const bytes = randomBytes(3 * MB + 5);
    Deno.writeFileSync(`${folder.path}/my photo.bin`, bytes);
    await using server = await serve();
    await using ada = await connect(server.address, "ada");
    await using bob = await connect(server.address, "bob");
    await ada.enter(`/send "${folder.path}/my photo.bin" as promised`);
    await bob.until(/ada: as promised\n {8}\[File my photo\.bin \(3\.0 MB\): \/save 1\]/);
    await ada.until(/ada: as promised\n {8}\[File my photo\.bin/);
    const saved = `${folder.path}/saved`;
    Deno.mkdirSync(saved);
    Deno.writeTextFileSync(`${saved}/my photo.bin`, "older");
    await bob.enter(`/save 1 ${saved}`);
    await bob.until((screen) => unwrapped(screen).includes("my photo.bin is saved: "));
    assertEquals(Deno.readFileSync(`${saved}/my photo (2).bin`), bytes);
    assertEquals(Deno.readTextFileSync(`${saved}/my photo.bin`), "older");
    assertEquals([...Deno.readDirSync(saved)].length, 2);
  },
});

Deno.test({
  name: "a dropped file waits for Enter, and a link that breaks in the middle of both ways loses nothing (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    using folder = temporaryFolder();
    const bytes = randomBytes(6 * MB);
    Deno.writeFileSync(`${folder.path}/big.bin`, bytes);
    await using server = await serve();
    await using proxy = new CuttingProxy(server.address);
    await using ada = await connect(proxy.address, "ada");
    await using bob = await connect(proxy.address, "bob");
    proxy.cutAfter("PUT", 2 * MB);
    await ada.paste(`'${folder.path}/big.bin'`);
    await ada.press("Enter");
    await ada.until((screen) => unwrapped(screen).includes(`> /send ${folder.path}/big.bin`));
    await ada.press("Enter");
    await bob.until("[File big.bin (6.0 MB): /save 1]");
    // The server may still hold the slot for the broken link: then the client asks again.
    assertMatch(proxy.requests.map((line) => line.split(" ")[0]).join(" "), /^PUT( HEAD)+$/);
    proxy.cutAfter("GET", 2 * MB);
    await bob.enter(`/save 1 ${folder.path}/copy.bin`);
    await bob.until((screen) => unwrapped(screen).includes("big.bin is saved: "));
    assertEquals(Deno.readFileSync(`${folder.path}/copy.bin`), bytes);
    assertMatch(proxy.requests.map((line) => line.split(" ")[0]).join(" "), /^PUT( HEAD)+ GET GET$/);
    assertEquals(proxy.cuts, 2);
  },
});

Deno.test("send --file sends files with a text, and over TLS with a pinned certificate as well", async () => {
  using folder = temporaryFolder();
  const bytes = randomBytes(MB);
  Deno.writeFileSync(`${folder.path}/a.bin`, bytes);
  Deno.writeTextFileSync(`${folder.path}/b.txt`, "b");
  for (const tls of [[], ["--tls"]]) {
    await using server = await serve(...tls);
    const files = ["--file", `${folder.path}/a.bin`, "--file", `${folder.path}/b.txt`];
    const sent = await runConfab(["send", server.address, ...files, "the logs", "--name", "ci", ...tls]);
    assertEquals([sent.code, sent.stdout], [0, ""], sent.stderr);
    const page = await runConfab(["export", "--data", server.folder]);
    const messages = page.stdout.split("\n").filter((line) => line.includes('"file"')).map((line) => JSON.parse(line));
    assertEquals(messages.map(({ text, file: { name, size } }) => [text, name, size]), [
      ["the logs", "a.bin", MB],
      ["", "b.txt", 1],
    ]);
  }
});

Deno.test("send --file names a file that it cannot read before it connects", async () => {
  const { code, stderr } = await runConfab(["send", "127.0.0.1:1", "--file", "/does/not/exist"]);
  assertEquals(code, 2);
  assertMatch(stderr, /^Cannot send \/does\/not\/exist: it does not exist/);
});

Deno.test({
  name: "Ctrl-C ends send --file in the middle, and the server has nothing of the file any more",
  ignore: WINDOWS,
  async fn() {
    using folder = temporaryFolder();
    Deno.writeFileSync(`${folder.path}/big.bin`, randomBytes(4 * MB));
    await using server = await serve();
    await using proxy = new CuttingProxy(server.address);
    proxy.holdAfter("PUT", 2 * MB);
    await using ci = confab(["send", proxy.address, "--file", `${folder.path}/big.bin`, "--name", "ci"]);
    const partial = `${server.folder}/files/partial`;
    const bytes = () => Array.from(Deno.readDirSync(partial), ({ name }) => Deno.statSync(`${partial}/${name}`).size);
    await poll(() => Promise.resolve((bytes()[0] ?? 0) > MB), () => "a part of the file to arrive");
    ci.kill("SIGINT");
    const { code, stderr } = await ci.exit();
    assertEquals([code, stderr.trim()], [6, `Cancelled: ${folder.path}/big.bin was not sent`]);
    assertEquals(proxy.requests.map((line) => line.split(" ")[0]), ["PUT", "DELETE"]);
    await poll(
      () => Promise.resolve(Array.from(Deno.readDirSync(partial)).length === 0),
      () => "the part to be removed",
    );
    await server.stop();
  },
});

Deno.test("send --file says why a server refuses a file", async () => {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(`${folder.path}/a.txt`, "a");
  await using server = await serve("--memory");
  const { code, stderr } = await runConfab(["send", server.address, "--file", `${folder.path}/a.txt`]);
  assertEquals(code, 5);
  assertMatch(stderr, /a\.txt was not sent: This server takes no files/);
});

Deno.test({
  name: "on nc a file is a line with its number, and /get answers with an address that serves it (needs nc)",
  ignore: !HAS_NC,
  async fn() {
    using folder = temporaryFolder();
    const bytes = randomBytes(100_000);
    Deno.writeFileSync(`${folder.path}/a.bin`, bytes);
    await using server = await serve();
    await using carl = new Program("nc", { args: [server.host, String(server.port)] });
    await carl.type("carl\n");
    await carl.stdout.next("You are carl");
    const { code } = await runConfab(["send", server.address, "--file", `${folder.path}/a.bin`, "--name", "ci"]);
    assertEquals(code, 0);
    await carl.stdout.next("[File a.bin (98 KB): /get 1]");
    await carl.type("/get 1\n");
    const line = await carl.stdout.next("The file is at ");
    const [address] = /http:\/\/\S+/.exec(line)!;
    assert(address.startsWith(`http://${server.address}/files/`));
    const response = await fetch(address);
    assertEquals(new Uint8Array(await response.arrayBuffer()), bytes);
    assertMatch(response.headers.get("content-disposition") ?? "", /^attachment/);
  },
});

Deno.test("a pipe with --json prints the file of a message as it is, and one without prints its name and size", async () => {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(`${folder.path}/a.txt`, "a");
  await using server = await serve();
  await using eve = confab(["connect", server.address, "--json", "--name", "eve"]);
  await eve.stdout.next('"type":"joined"');
  await using carl = confab(["connect", server.address, "--name", "carl"]);
  await carl.stdout.next("You are carl");
  const sent = await runConfab(["send", server.address, "--file", `${folder.path}/a.txt`, "--name", "ci"]);
  assertEquals(sent.code, 0, sent.stderr);
  const { file } = JSON.parse(await eve.stdout.next('"type":"message"'));
  assertEquals([file.name, file.size, file.media, file.sha256], [
    "a.txt",
    1,
    "application/octet-stream",
    "ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs",
  ]);
  await carl.stdout.next(/^ {8}\[File a\.txt \(1 byte\)\]$/);
});

Deno.test({
  name: "a program that is killed while it saves a file continues at its next start (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    using folder = temporaryFolder();
    const bytes = randomBytes(4 * MB);
    Deno.writeFileSync(`${folder.path}/a.bin`, bytes);
    await using server = await serve();
    const file = `${folder.path}/a.bin`;
    assertEquals((await runConfab(["send", server.address, "--file", file, "--name", "ci"])).code, 0);
    await using proxy = new CuttingProxy(server.address);
    await using bob = await connect(proxy.address, "bob");
    await bob.enter("/history");
    await bob.until("[File a.bin (4.0 MB): /save 1]");
    proxy.holdAfter("GET", MB);
    await bob.enter(`/save 1 ${folder.path}/copy.bin`);
    await bob.until(/↓ 1 a\.bin \[#[#-]{9}\] \d+ KB of 4\.0 MB/);
    Deno.kill(await bob.programId(), "SIGKILL");
    await bob.until("Killed");
    // The killed program has left its terminal in raw mode.
    await using again = await connect(proxy.address, "bobby");
    await again.enter("/history");
    await again.until("[File a.bin (4.0 MB): /save 1]");
    await again.enter(`/save 1 ${folder.path}/copy.bin`);
    await again.until((screen) => unwrapped(screen).includes("a.bin is saved: "));
    assertEquals(Deno.readFileSync(`${folder.path}/copy.bin`), bytes);
    const [first, second, ...others] = proxy.ranges;
    assertEquals([first, others], ["", []]);
    assertMatch(second!, /^bytes=\d{6,7}-$/);
  },
});

Deno.test({
  name: "a picture is shown in half blocks, and by kitty's protocol where the terminal has it (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    using folder = temporaryFolder();
    Deno.writeFileSync(`${folder.path}/sky.png`, smallPicture("image/png"));
    await using server = await serve();
    await using bob = await connect(server.address, "bob");
    await using zoe = await Tmux.open({ columns: 100, rows: 24 });
    // Everything that the terminal gets is in this file.
    const output = `${folder.path}/output`;
    await zoe.enter(`env -u TMUX TERM=xterm-kitty script -qfc 'confab connect ${server.address} --name zoe' ${output}`);
    await zoe.until((screen) => unwrapped(screen).includes("Ctrl-D quits"));
    const sent = await runConfab(["send", server.address, "--file", `${folder.path}/sky.png`, "--name", "ada"]);
    assertEquals(sent.code, 0, sent.stderr);
    const rows = ` {8}${"▀".repeat(8)}`;
    await bob.until(
      new RegExp(`\\[File sky\\.png .*\\]\n(?:.*\n)? {8}\\[1: sky\\.png\\]\n${rows}\n${rows}\n${rows}\n`),
    );
    await zoe.until(/\[1: sky\.png\]/);
    const raw = Deno.readTextFileSync(output);
    const [, pixels] =
      new RegExp(`${ESCAPE}_Ga=T,f=24,s=8,v=6,c=1,r=1,C=1,q=2,m=0;([A-Za-z0-9+/=]+)${ESCAPE}\\\\`).exec(raw) ?? [];
    assertEquals(Uint8Array.fromBase64(pixels!).length, 3 * 8 * 6);
  },
});

Deno.test({
  name: "a file that the server would not take goes straight to the member who accepts it (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    using folder = temporaryFolder();
    const bytes = randomBytes(3 * MB);
    Deno.writeFileSync(`${folder.path}/film.bin`, bytes);
    await using server = await serve("--max-file", "0");
    await using ada = await connect(server.address, "ada");
    await using bob = await connect(server.address, "bob");
    await ada.enter(`/send bob ${folder.path}/film.bin`);
    await ada.until("paused: bob has not accepted yet");
    await bob.until(/ada offers you File film\.bin \(3\.0 MB\), straight from their machine: \/accept 1 saves it/);
    await bob.enter("/decline");
    await ada.until("bob has declined it");
    await ada.enter(`/send bob ${folder.path}/film.bin`);
    await bob.until("/accept 2 saves it");
    await bob.enter(`/accept 2 ${folder.path}/copy.bin`);
    await bob.until((screen) => unwrapped(screen).includes("film.bin is saved: "));
    await ada.until("bob has received film.bin");
    assertEquals(Deno.readFileSync(`${folder.path}/copy.bin`), bytes);
    const kept = await runConfab(["export", "--data", server.folder]);
    assertEquals(kept.stdout.includes("film.bin"), false);
  },
});
