import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TOPICS } from "../../src/manual/topics.ts";
import { CommandBatch } from "../helpers/command_batch.ts";
import { assertOneLine, commandLine, HAS_BASH, HAS_TMUX, runConfab, serve } from "../helpers/e2e.ts";
import { Program } from "../helpers/process.ts";
import { Tmux } from "../helpers/tmux.ts";

Deno.test("help lists the topics and the commands", async () => {
  const { code, stdout, stderr } = await runConfab(["help"]);
  assertEquals([code, stderr], [0, ""]);
  for (const { name, summary } of TOPICS) assertMatch(stdout, new RegExp(`^  ${name} +${summary}$`, "m"));
  assertMatch(stdout, /^ {2}serve +\S/m);
});

const PAGES = new CommandBatch(TOPICS.map(({ name }) => ["help", name]), { PAGER: "false" });

Deno.test("a page is the same in a batch and in a program of its own", async () => {
  const args = ["help", TOPICS[0]!.name];
  assertEquals(await PAGES.exitOf(args), await runConfab(args, { env: { PAGER: "false" } }));
});

for (const { name, title } of TOPICS) {
  Deno.test(`help ${name} prints the page without colours and within 80 columns into a pipe`, async () => {
    const { code, stdout, stderr } = await PAGES.exitOf(["help", name]);
    assertEquals([code, stderr], [0, ""]);
    assert(stdout.startsWith(`${title}\n${"=".repeat(title.length)}\n`), stdout.slice(0, 100));
    assert(!stdout.includes("\x1b"), "The page has escape sequences");
    assertEquals(stdout.split("\n").filter((line) => [...line].length > 80), []);
  });
}

Deno.test({
  name: "a page whose reader has seen enough ends without a complaint",
  ignore: !HAS_BASH,
  async fn() {
    const script = '"$@" | head -n 1; exit "${PIPESTATUS[0]}"';
    const args = ["-c", script, "bash", ...commandLine(["help", "protocol"])];
    await using shell = new Program("bash", { args, env: { PAGER: "false" } });
    assertEquals(await shell.exit(), { code: 0, stdout: "Protocol", stderr: "" });
  },
});

Deno.test("help for an unknown topic names the nearest topic or command", async () => {
  for (const [word, nearest] of [["hostin", "hosting"], ["conect", "connect"], ["zzzzzzzzzzzzzz", "help lists"]]) {
    const exit = await runConfab(["help", word!]);
    assertEquals(exit.code, 2);
    assertOneLine(exit.stderr);
    assertStringIncludes(exit.stderr, `Unknown topic "${word}"`);
    assertStringIncludes(exit.stderr, nearest!);
  }
  assertEquals((await runConfab(["help", "guide", "hosting"])).code, 2);
});

Deno.test({
  name: "help uses PAGER when the page is longer than the terminal, and colours unless NO_COLOR is set (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using terminal = await Tmux.open({ columns: 90, rows: 20 });
    await terminal.enter(`clear; PAGER="sed -n '1s/^/paged:/p'" NO_COLOR=1 confab help guide`);
    await terminal.until(/^paged:Guide$/m);
    await terminal.enter(`clear; PAGER="head -n 1 | cat -v" confab help guide`);
    await terminal.until(/^\^\[\[1;4mGuide\^\[\[0m$/m);
    await terminal.enter("clear; PAGER=nosuchpager confab help troubleshooting | head -n 1");
    await terminal.until(/^Troubleshooting$/m);
    await terminal.enter("clear; PAGER=nosuchpager confab help guide; echo status: $?");
    await terminal.until(/^status: 0$/m);
  },
});

Deno.test("the server serves the manual's pages to browsers, with the headers of the chat page", async () => {
  await using server = await serve("--memory");
  const [chat, index] = await Promise.all(["/", "/help"].map((path) => fetch(`http://${server.address}${path}`)));
  for (const { name } of TOPICS) assertStringIncludes(await index!.clone().text(), `href="./help/${name}"`);
  await Promise.all([chat!.body?.cancel(), index!.body?.cancel()]);
  for (const { name, title } of TOPICS) {
    const page = await fetch(`http://${server.address}/help/${name}`);
    assertEquals(page.status, 200);
    assertStringIncludes(await page.text(), `<title>${title} – Manual – Confab</title>`);
    for (const header of ["cache-control", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"]) {
      assertEquals(page.headers.get(header), chat!.headers.get(header));
    }
    assertMatch(page.headers.get("content-security-policy")!, /^default-src 'none'; style-src 'sha256-/);
  }
  const nosuch = await fetch(`http://${server.address}/help/nosuch`);
  assertEquals([nosuch.status, (await nosuch.text()).split("\n").length], [404, 2]);
  await server.stop();
});
