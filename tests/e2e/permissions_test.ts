/** The permissions that a plain `deno run` asks for, and those of `deno run -P`. The other tests run with those of the tasks. */

import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { fileURLToPath as fromFileUrl } from "node:url";
import { BINARY, HAS_TMUX, serve } from "../helpers/e2e.ts";
import { homeVariables, newFolder } from "../helpers/e2e_home.ts";
import { Program, run } from "../helpers/process.ts";
import { poll } from "../helpers/process_lines.ts";
import { Tmux } from "../helpers/tmux.ts";

const MAIN = fromFileUrl(import.meta.resolve("../../main.ts"));
/** The last row while Deno waits for an answer. */
const QUESTION = /^┗ .*Allow\?.*$(?![^]*\n)/m;
const SIZE = { columns: 130, rows: 60 };

/** Registers a test of a plain `deno run` in a terminal. */
function plainTest(name: string, fn: (terminal: Tmux) => Promise<void>): void {
  Deno.test({
    name: `${name} (needs tmux)`,
    ignore: !HAS_TMUX || BINARY !== undefined,
    fn: async () => {
      await using terminal = await Tmux.open(SIZE);
      await fn(terminal);
    },
  });
}

/** How long an answer may take. Deno drops what was typed before a question, until 100 ms without a key have passed. */
const AGAIN_MS = 300;

/**
 * Runs the program in the terminal and gives the answers in turn, the last one to all questions that follow. Returns
 * the screen that matches `last`.
 */
async function answer(terminal: Tmux, words: string, answers: string, last: RegExp): Promise<string> {
  await terminal.enter(`'${Deno.execPath()}' run '${MAIN}' ${words}; echo "ended with $?"`);
  let screen = "";
  let sentAt = 0;
  await poll(async () => {
    screen = await terminal.screen();
    if (last.test(screen)) return true;
    if (!QUESTION.test(screen) || Date.now() - sentAt < AGAIN_MS) return false;
    sentAt = Date.now();
    await terminal.press(answers[Math.min(answered(screen), answers.length - 1)]!, "Enter");
    return false;
  }, () => `a screen that matches ${last}\n${screen}`);
  return screen;
}

function answered(screen: string): number {
  return screen.match(/^(✅ Granted|❌ Denied)/gm)?.length ?? 0;
}

/** Output and log are two streams, which need not arrive in the order in which they were written. */
const LISTENING = /^(?=[^]*^or without Confab: nc 127)(?=[^]* started .*history=)/m;

plainTest("a plain deno run of serve asks four questions and stores messages", async (terminal) => {
  const screen = await answer(terminal, "serve --port 0", "y", LISTENING);
  assertEquals(answered(screen), 4, screen);
  assertMatch(screen, /started .*history=\//);
});

plainTest("without the right to write, serve keeps messages in memory and says so", async (terminal) => {
  const screen = await answer(terminal, "serve --port 0", "yyyn", LISTENING);
  assertEquals(answered(screen), 4, screen);
  assertMatch(screen, /^Without it, messages are kept in memory[^]*history=memory/m);
});

plainTest("without the environment, serve asks only for the network and for reading", async (terminal) => {
  const screen = await answer(terminal, "serve --port 0", "ny", LISTENING);
  assertEquals(answered(screen), 3, screen);
  assertMatch(screen, /history=memory/);
});

plainTest("serve ends with a sentence if it may not use the network", async (terminal) => {
  const screen = await answer(terminal, "serve --port 0", "yn", /ended with \d/);
  assertMatch(screen, /^Deno was not given net access: .*--allow-net\nended with 3$/m);
});

plainTest("a folder that the user named is never replaced by memory", async (terminal) => {
  const screen = await answer(terminal, `serve --port 0 --data '${terminal.folder}/data'`, "yyyn", /ended with \d/);
  assertMatch(screen, /^Deno was not given write access: .*\nended with 7$/m);
});

plainTest("an invalid option is reported before any question", async (terminal) => {
  const screen = await answer(terminal, "serve --prot 0", "y", /ended with \d/);
  assertEquals(answered(screen), 0, screen);
  assertMatch(screen, /did you mean --port\?\nended with 2$/m);
});

plainTest("a plain deno run of connect asks five questions at most, and the chat none", async (terminal) => {
  await using server = await serve("--memory");
  const screen = await answer(terminal, `connect ${server.address}`, "y", /#lobby>$/);
  assertEquals(answered(screen), 4, screen);
  await terminal.enter("/quit");
  await terminal.until(/ended with 0/);
});

for (const [index, right] of ["net", "env", "read", "write"].entries()) {
  if (right === "net") continue;
  plainTest(`connect joins without the right ${right}, and asks for it once`, async (terminal) => {
    await using server = await serve("--memory");
    const answers = ["y", "y", "y", "y"].with(index, "n").join("");
    await answer(terminal, `connect ${server.address}`, answers, /#lobby>$/);
    await terminal.enter("/quit");
    const screen = await terminal.until(/ended with 0/);
    assertEquals(screen.match(/❌ Denied/g)?.length, 1, screen);
    assertMatch(screen, /^Without it, /m);
  });
}

Deno.test({
  name: "the permission sets of deno.json let serve and connect run without a question",
  ignore: BINARY !== undefined,
  fn: async () => {
    const args = ["run", "--quiet", "-P", MAIN];
    const options = { cwd: new URL("../../", import.meta.url), env: homeVariables(newFolder()) };
    await using server = new Program(Deno.execPath(), { ...options, args: [...args, "serve", "--port", "0"] });
    const line = await server.stdout.next("Listening on ");
    const words = ["connect", line.slice("Listening on ".length), "--name", "ada"];
    const { code, stderr } = await run(Deno.execPath(), { ...options, args: [...args, ...words], input: "hello\n" });
    assertEquals(code, 0, stderr);
  },
});

Deno.test({
  name: "without a terminal nobody is asked, and the missing right is named",
  ignore: BINARY !== undefined,
  fn: async () => {
    const options = { env: homeVariables(newFolder()), input: "hello\n" };
    const connect = await run(Deno.execPath(), { ...options, args: ["run", MAIN, "connect", "127.0.0.1:1"] });
    assertEquals(connect.code, 4);
    assertMatch(connect.stderr, /^Cannot connect to .*: Deno was not given net access: run it with --allow-net/m);
    const serve = await run(Deno.execPath(), { ...options, args: ["run", MAIN, "serve", "--port", "0"] });
    assertEquals(serve.code, 7);
    assertMatch(serve.stderr, /^Cannot open the data folder: Deno was not given env access/m);
  },
});

Deno.test({
  name: "without the right to read, the page in browsers says what to do, and the log has no error",
  ignore: BINARY !== undefined,
  async fn() {
    const args = ["run", "--no-prompt", "--allow-net", "--allow-env", MAIN, "serve", "--memory", "--port", "0"];
    await using server = new Program(Deno.execPath(), { args });
    const address = (await server.stdout.next("Listening on ")).slice("Listening on ".length);
    for (const path of ["", "help/guide"]) {
      const response = await fetch(`http://${address}/${path}`);
      assertEquals(response.status, 200);
      assertMatch(await response.text(), /may not read the files of its page: .* --allow-read/);
    }
    assertNotMatch(server.stderr.all.join("\n"), /error/);
  },
});
