import { assert, assertEquals, assertMatch } from "@std/assert";
import { HAS_TMUX, serve, type Served } from "../helpers/e2e.ts";
import { tilePicture } from "../helpers/call_tiles.ts";
import { type CellColor, colorError } from "../helpers/colored_screen.ts";
import { CuttingProxy } from "../helpers/cutting_proxy.ts";
import { poll } from "../helpers/process_lines.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { unwrapped } from "../helpers/terminal_chat.ts";
import { Tmux } from "../helpers/tmux.ts";

const SIZE = { columns: 100, rows: 30 };
/** Colour bars of the program's test picture, from the left. */
const BARS: readonly CellColor[] = [
  ...[[191, 191, 191], [191, 191, 0], [0, 191, 191], [0, 191, 0]] as const,
  ...[[191, 0, 191], [191, 0, 0], [0, 0, 191], [16, 16, 16]] as const,
];
/** JPEG at the lowest quality, and the tolerance of the drawing. */
const MOST_ERROR = 40;

/** Joins with the test picture as its camera, and a tone as its microphone. */
async function join(address: string, name: string, options = "--microphone test --speaker none"): Promise<Tmux> {
  const terminal = await Tmux.open(SIZE);
  await terminal.enter(`COLORTERM=truecolor confab connect ${address} --name ${name} --camera test ${options}`);
  await terminal.until((screen) => unwrapped(screen).includes("Ctrl-D quits"));
  return terminal;
}

/** The mean error of the bars of a member's picture; 255 without one. */
async function barError(terminal: Tmux, member: string): Promise<number> {
  const picture = tilePicture(await terminal.colors(), member, SIZE.columns);
  if (picture === undefined) return 255;
  const { width, height, bytes } = picture;
  const errors = BARS.map((bar, index) => {
    const x = Math.floor((index + 0.5) * width / BARS.length);
    const at = 3 * (Math.floor(height / 4) * width + x);
    return colorError([bytes[at]!, bytes[at + 1]!, bytes[at + 2]!], bar);
  });
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** Waits until the terminal shows the member's picture. */
async function sees(terminal: Tmux, member: string): Promise<void> {
  let error = 255;
  await poll(
    async () => (error = await barError(terminal, member)) < MOST_ERROR,
    () => `${member}'s picture (${error})`,
  );
}

async function callEachOther(ada: Tmux, bob: Tmux): Promise<void> {
  await ada.enter("/call bob");
  await bob.until("ada is calling you: /answer or /decline");
  await bob.enter("/answer");
  await sees(bob, "ada");
  await sees(ada, "bob");
}

Deno.test({
  name: "two terminals see and hear each other, chat meanwhile, and are as before after the call (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    using folder = temporaryFolder();
    const heard = `${folder.path}/heard.wav`;
    await using server = await serve();
    await using ada = await join(server.address, "ada");
    await using bob = await join(server.address, "bob", `--microphone none --speaker ${heard}`);
    await callEachOther(ada, bob);
    await ada.enter("can you hear me?");
    await bob.until("ada: can you hear me?");
    await bob.enter("yes");
    await ada.until("bob: yes");
    await sees(bob, "ada");
    await poll(async () => (await marksIn(heard)) >= 2, () => "two tones");
    await bob.until(/● ada/);
    await ada.until(/bob \(muted\)/);
    await ada.enter("/camera off");
    await bob.until(/ada \(no camera\)/);
    await ada.enter("/hangup");
    await bob.until("ada has left the call. The call is over");
    assertEquals((await bob.screen()).match(/[▀▄]/), null);
    await bob.untilPrompt("#lobby>");
    await bob.press("C-d");
    await bob.untilPrompt("$ ");
    await bob.enter("echo done");
    await bob.until(/^done$/m);
  },
});

/** How many times silence is followed by a tone in the file. */
async function marksIn(path: string): Promise<number> {
  const bytes = await Deno.readFile(path).catch(() => new Uint8Array(0));
  const samples = new Int16Array(bytes.slice(44, bytes.length - bytes.length % 2).buffer);
  let [marks, quiet] = [0, true];
  for (let at = 0; at + 960 <= samples.length; at += 960) {
    const loudest = samples.subarray(at, at + 960).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    if (quiet && loudest > 3_000) marks++;
    quiet = loudest < 300;
  }
  return marks;
}

Deno.test({
  name: "a call goes on after its own connection, and that of the chat, were cut (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using proxy = new CuttingProxy(server.address);
    await using ada = await join(proxy.address, "ada");
    await using bob = await join(server.address, "bob");
    proxy.cutAfter("GET", 20_000);
    await callEachOther(ada, bob);
    await poll(() => Promise.resolve(proxy.cuts === 1), () => "the cut");
    await poll(() => Promise.resolve(proxy.requests.length === 2), () => "the second connection");
    await sees(bob, "ada");
    await sees(ada, "bob");
    proxy.cutChats();
    await ada.until(/bob/);
    await bob.enter("still here?");
    await ada.until("bob: still here?");
    await sees(ada, "bob");
    await ada.enter("/hangup");
    await bob.until("ada has left the call. The call is over");
  },
});

Deno.test({
  name: "three members of a room call, one declines, and one who is stopped leaves the others in the call (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using ada = await join(server.address, "ada");
    await using bob = await join(server.address, "bob");
    await using cy = await join(server.address, "cy");
    await ada.enter("/call");
    await bob.until("ada is calling you");
    await bob.enter("/answer");
    await cy.until("ada is calling you");
    await cy.enter("/decline");
    await ada.until("cy has declined the call");
    await cy.until(/Call of .*ada.*bob.*: \/call enters it|Call of .*bob.*ada.*: \/call enters it/);
    await cy.enter("/call");
    for (const [terminal, member] of [[ada, "bob"], [ada, "cy"], [cy, "bob"]] as const) await sees(terminal, member);
    Deno.kill(await cy.programId(), "SIGTERM");
    await ada.until("cy has left the call");
    await sees(ada, "bob");
    await ada.enter("/hangup");
    await bob.until("The call is over");
  },
});

Deno.test({
  name: "a terminal that is stopped in a call gets its screen back (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using ada = await join(server.address, "ada");
    await using bob = await join(server.address, "bob");
    await callEachOther(ada, bob);
    Deno.kill(await bob.programId(), "SIGTERM");
    await bob.untilPrompt("$ ");
    assertEquals((await bob.screen()).match(/[▀▄]/), null);
    assertEquals([await bob.state("cursor_flag"), await bob.state("wrap_flag")], ["1", "1"]);
    await bob.enter("echo done");
    await bob.until(/^done$/m);
    await ada.until("The call is over");
  },
});

for (const [how, options] of [["TLS", ["--tls"]], ["a Unix socket", ["--unix"]]] as const) {
  Deno.test({
    name: `a call works over ${how} (needs tmux)`,
    ignore: !HAS_TMUX,
    async fn() {
      using folder = temporaryFolder();
      const path = `${folder.path}/c.sock`;
      await using server: Served = await serve(...options[0] === "--unix" ? ["--unix", path] : options);
      const [address, more] = options[0] === "--unix" ? [`unix:${path}`, ""] : [server.address, "--tls"];
      await using ada = await join(address, "ada", more);
      await using bob = await join(address, "bob", more);
      await callEachOther(ada, bob);
      await ada.enter("/hangup");
      await bob.until("The call is over");
    },
  });
}

Deno.test({
  name: "without colours a call is drawn in characters, and with --plain it is told in words (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using ada = await join(server.address, "ada");
    await using bob = await Tmux.open(SIZE);
    await bob.enter(`NO_COLOR=1 confab connect ${server.address} --name bob --camera none --microphone none`);
    await bob.until("Ctrl-D quits");
    await ada.enter("/call bob");
    await bob.until("ada is calling you");
    await bob.enter("/answer");
    const drawn = await bob.until(/ada +bob, you/);
    assert(!/[▀▄]/.test(drawn));
    await bob.until(/[#@%*+=:-]{10}/);
    await ada.enter("/hangup");
    await bob.until("The call is over");
    await using cy = await Tmux.open(SIZE);
    await cy.enter(`confab connect ${server.address} --name cy --plain --camera none --microphone none`);
    await cy.until("help");
    await ada.enter("/call cy");
    await cy.until("ada is calling you");
    await cy.enter("/answer");
    assertMatch(await cy.until("ada is speaking"), /You have entered the call/);
  },
});
