import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { CommandSpec } from "../../../src/cli/args/arguments.ts";
import { variableOf } from "../../../src/cli/args/command_spec.ts";
import { COMMAND_LIST } from "../../../src/cli/commands/command_list.ts";
import { EXIT } from "../../../src/cli/args/exit_codes.ts";
import { manPage } from "../../../src/cli/args/man_page.ts";
import { VERSION } from "../../../src/cli/platform/program.ts";
import { runConfab } from "../../helpers/e2e.ts";
import { newFolder } from "../../helpers/e2e_home.ts";
import { run } from "../../helpers/process.ts";

const PAGE = manPage(COMMAND_LIST, "1.2.3");

const ODD: CommandSpec = {
  name: "odd",
  operands: ".so /etc/passwd",
  maxOperands: 0,
  summary: ".ex 'quoted' \\n \"twice\" `a` ~b ^c -d\n.so /etc/passwd",
  options: [],
  examples: [],
  run: () => Promise.resolve(EXIT.fine),
};

Deno.test("the manual page has the standard sections and every command, option and variable", () => {
  const lines = PAGE.split("\n");
  assert(lines[0]!.startsWith('.TH CONFAB 1 "" "confab 1.2.3"'));
  const sections = lines.filter((line) => line.startsWith(".SH ")).map((line) => line.slice(4));
  assertEquals(sections, ["NAME", "SYNOPSIS", "COMMANDS", "ENVIRONMENT"]);
  const plain = PAGE.replaceAll("\\-", "-");
  for (const { name, options } of COMMAND_LIST) {
    assertStringIncludes(plain, `\n.SS confab ${name}`);
    for (const option of options) {
      assertStringIncludes(plain, `\n.B --${option.name}`);
      assertStringIncludes(plain, `\n.B ${variableOf(option.name)}\n`);
    }
  }
});

Deno.test("the command man prints the page made from the tables", async () => {
  const { stdout } = await runConfab(["man"]);
  assertEquals(stdout.trimEnd(), manPage(COMMAND_LIST, VERSION).trimEnd());
});

Deno.test("no text of a table becomes a roff request", () => {
  const page = manPage([ODD], "1");
  const requests = page.split("\n").filter((line) => /^[.']/.test(line)).map((line) => line.split(" ")[0]);
  assertEquals(new Set(requests), new Set([".TH", ".SH", ".SS", ".B", ".br", ".TP", ".PP"]));
});

const hasMan = await run("man", { args: ["--version"] }).then(({ code }) => code === 0, () => false);

Deno.test({
  name: `man shows the page without a complaint, as it was meant${hasMan ? "" : " (left out: there is no man here)"}`,
  ignore: !hasMan,
  async fn() {
    const path = `${newFolder()}/confab.1`;
    await Deno.writeTextFile(path, manPage([...COMMAND_LIST, ODD], "1.2.3"));
    const env = { LC_ALL: "C.UTF-8", MANWIDTH: "120", MAN_KEEP_FORMATTING: "", MANROFFSEQ: "" };
    const { code, stdout, stderr } = await run("man", { args: ["--warnings=w", "-P", "cat", "-l", path], env });
    assertEquals([code, stderr], [0, ""]);
    const shown = stdout.replace(/\s+/g, " ");
    assertStringIncludes(shown, "confab serve [OPTIONS] Hosts a chat. --host ADDRESS");
    assertStringIncludes(shown, "confab man | man -l -");
    assertStringIncludes(shown, ".ex 'quoted' \\n \"twice\" `a` ~b ^c -d .so /etc/passwd");
  },
});
