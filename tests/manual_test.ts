import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { variableOf } from "../src/cli/args/command_spec.ts";
import { commandUsage } from "../src/cli/args/help_text.ts";
import { COMMAND_LIST } from "../src/cli/commands/command_list.ts";
import { configFolder } from "../src/cli/config/config_file.ts";
import { defaultDataFolder } from "../src/cli/hosting/data_folder.ts";
import { stateFolder } from "../src/cli/joining/client_storage.ts";
import { COMMAND_SCHEMAS } from "../src/protocol/messages/command_schemas.ts";
import { EVENT_SCHEMAS } from "../src/protocol/messages/event_schemas.ts";
import { parseCommand, parseEvent } from "../src/protocol/messages/validate.ts";
import { parseSearchQuery } from "../src/protocol/text/search_query.ts";
import { FOLDERS } from "./helpers/import_rules.ts";
import { MISSING, readTable, renew, tableNames } from "./manual/generated_table.ts";
import { PAGES, TABLES } from "./manual/tables.ts";

const ROOT = new URL("../", import.meta.url);
const MANUAL = "src/manual/";
/** Fields that the page explains for all commands and events together. */
const COMMON_FIELDS = new Set(["type", "ref", "room", "at", "id", "seq", "from", "text", "protocol", "limits"]);

/** All documents that are written for people. */
const DOCUMENTS = [
  "README.md",
  ...[...Deno.readDirSync(new URL(MANUAL, ROOT))].map(({ name }) => MANUAL + name).filter((path) =>
    path.endsWith(".md")
  ),
  ...["ARCHITECTURE", "CONTRIBUTING", "SECURITY"].map((name) => `.github/${name}.md`),
  "tests/README.md",
];

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** The text below a heading of a page, up to the next heading. */
function section(page: string, heading: string): string {
  const [, text] = read(`${MANUAL}${page}.md`).split(new RegExp(`^#+ ${heading}$`, "m"));
  assert(text !== undefined, `${page}.md has no section ${heading}`);
  return text.split(/^#+ /m)[0]!;
}

/** The cells of the section's table below its head, as plain text. */
function table(page: string, heading: string): string[][] {
  return readTable(section(page, heading)).map((cells) =>
    cells.map((cell) => cell.replaceAll("`", "").replaceAll("\\|", "|"))
  );
}

for (const page of PAGES) {
  Deno.test(`the generated tables of ${page}.md are current: deno task manual renews them`, () => {
    const text = read(`${MANUAL}${page}.md`);
    const lines = new Set(text.split("\n"));
    assertEquals(renew(text, TABLES).split("\n").filter((line) => !lines.has(line)), []);
    assertEquals(text, renew(text, TABLES));
  });

  Deno.test(`no cell of the generated tables of ${page}.md waits for its sentence`, () => {
    assert(!read(`${MANUAL}${page}.md`).includes(`| ${MISSING} |`));
  });
}

for (const name of TABLES.keys()) {
  Deno.test(`the table "${name}" is on one page of the manual`, () => {
    const pages = PAGES.filter((page) => tableNames(read(`${MANUAL}${page}.md`)).includes(name));
    assertEquals(pages.length, 1);
  });
}

for (const command of COMMAND_LIST) {
  Deno.test(`the section on ${command.name} shows its usage`, () => {
    assert(section("commands", command.name).includes(`\`confab ${commandUsage(command)}\``));
  });
}

for (const command of COMMAND_LIST) {
  Deno.test(`the variables of the options of ${command.name} follow the rule of the manual`, () => {
    for (const { name } of command.options) {
      assertEquals(variableOf(name), `CONFAB_${name.toUpperCase().replaceAll("-", "_")}`);
    }
  });
}

Deno.test("the lines of the protocol page are valid commands and events", () => {
  const lines = read(`${MANUAL}protocol.md`).split("\n").filter((line) => /^[→←] /.test(line));
  assert(lines.length > 20);
  for (const line of lines) {
    const value: unknown = JSON.parse(line.slice(2));
    const parsed = line.startsWith("→") ? parseCommand(value) : parseEvent(value);
    // Parsing drops unknown fields, and adds defaults for those left out.
    assertEquals({ ...parsed, ...value as object }, parsed, line);
  }
});

for (const [heading, schemas] of [["Client commands", COMMAND_SCHEMAS], ["Server events", EVENT_SCHEMAS]] as const) {
  Deno.test(`the table of ${heading.toLowerCase()} names the fields that the schemas have`, () => {
    const missingFields: string[] = [];
    const rows = new Map(table("protocol", heading).map(([type, fields]) => [type!, fields!]));
    for (const [type, schema] of Object.entries<object>(schemas)) {
      const { entries = {} } = schema as { readonly entries?: object };
      const fields = Object.keys(entries).filter((field) => !COMMON_FIELDS.has(field));
      const missing = fields.filter((field) => !new RegExp(`\\b${field}\\b`).test(rows.get(type)!));
      missingFields.push(...missing.map((field) => `${type}.${field}`));
    }
    assertEquals(missingFields, []);
  });
}

Deno.test("the folders in the manual are those that the program uses", () => {
  const standard: Record<string, string> = { HOME: "~", APPDATA: "%APPDATA%", LOCALAPPDATA: "%LOCALAPPDATA%" };
  const chosen = Object.fromEntries(
    ["CONFIG", "DATA", "STATE"].map((what) => `XDG_${what}_HOME`).map((x) => [x, `/$${x}`]),
  );
  const folders = [
    defaultDataFolder,
    (os: Os, env: Env) => configFolder(env, os)!,
    (os: Os, env: Env) => stateFolder(env, os)!,
  ];
  const documented = table("hosting", "Where files are").slice(0, folders.length).map(([, ...cells]) => cells);
  for (const [row, folder] of folders.entries()) {
    const linux = [chosen, standard].map((variables) => folder("linux", (name) => variables[name]).replace("/$", "$"));
    const others = (["darwin", "windows"] as const).map((os) => folder(os, (name) => standard[name]));
    const expected = [linux.join(", or without that "), ...others];
    const written = (path: string) => path.replaceAll("\\", "/");
    assertEquals(documented[row]!.map(written), expected.map(written));
  }
});

type Os = typeof Deno.build.os;
type Env = (variable: string) => string | undefined;

Deno.test("each search in the guide has the filters that the guide says", () => {
  const queries = table("guide", "Search").map(([line]) => parseSearchQuery(line!.replace("/search ", "")));
  assertEquals(queries, [
    { phrases: [["tea"], ["cake"]] },
    { phrases: [["tea", "cake"]] },
    { phrases: [["tea"]], from: "ada" },
    { phrases: [], from: "ada" },
    { phrases: [["cake"]], beforeMs: Date.parse("2026-11-01T00:00:00Z") },
  ]);
});

for (const path of DOCUMENTS) {
  Deno.test(`the tasks that ${path} names exist`, () => {
    const named = [...read(path).matchAll(/deno task ([a-z][a-z:-]*)/g)].map(([, task]) => task!);
    assertEquals(named.filter((task) => !(task in config.tasks)), []);
  });

  Deno.test(`the links of ${path} lead to a file, and to a heading of it`, () => {
    for (const [, target] of withoutCode(read(path)).matchAll(/\]\(([^)]+)\)/g)) {
      if (target!.startsWith("https:")) continue;
      const [file, anchor] = target!.split("#");
      const linked = file === "" ? new URL(path, ROOT) : new URL(file!, new URL(path, ROOT));
      if (anchor === undefined) Deno.statSync(linked);
      else assert(anchors(Deno.readTextFileSync(linked)).has(anchor), `${target} names no heading`);
    }
  });

  Deno.test(`each heading of ${path} has an anchor of its own, and the first one is its title`, () => {
    const headings = headingsOf(read(path));
    assertEquals(headings.filter(({ level }) => level === 1), headings.slice(0, 1));
    assertEquals(anchors(read(path)).size, headings.length);
  });
}

for (const path of DOCUMENTS.filter((path) => path.startsWith(MANUAL))) {
  Deno.test(`${path} begins with a title and a sentence on its purpose`, () => {
    assert(/^# .+\n\nThis page .+[.]\n\n/.test(read(path)));
  });

  Deno.test(`${path} links to pages of the manual and web addresses only`, () => {
    const targets = [...withoutCode(read(path)).matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);
    assertEquals(targets.filter((target) => !/^(https:|([a-z]+\.md)?(#[\w-]+)?$)/.test(target)), []);
  });
}

Deno.test("README.md and CONTRIBUTING.md stay short", () => {
  assert(bytesOf("README.md") <= 10 * 1024, `README.md has ${bytesOf("README.md")} bytes`);
  assert(
    bytesOf(".github/CONTRIBUTING.md") <= 8 * 1024,
    `CONTRIBUTING.md has ${bytesOf(".github/CONTRIBUTING.md")} bytes`,
  );
});

for (const path of [".github/ARCHITECTURE.md", ".github/CONTRIBUTING.md", "tests/README.md"]) {
  Deno.test(`the paths that ${path} names exist`, () => {
    const paths = read(path).matchAll(/`((?:src|tests|\.ci|\.config|\.github)\/[\w./-]*\w)\/?`/g);
    for (const [, named] of paths) Deno.statSync(new URL(named!, ROOT));
  });
}

function bytesOf(path: string): number {
  return Deno.statSync(new URL(path, ROOT)).size;
}

/** The text without fenced blocks and inline code, in which brackets are no links and `#` is no heading. */
function withoutCode(text: string): string {
  return text.replace(/^```[^]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
}

function headingsOf(text: string): { readonly level: number; readonly text: string }[] {
  const headings = text.replace(/^```[^]*?^```/gm, "").matchAll(/^(#+) (.*)$/gm);
  return [...headings].map(([, marks, heading]) => ({ level: marks!.length, text: heading! }));
}

/** The anchors that GitHub gives to headings. */
function anchors(text: string): Set<string> {
  return new Set(headingsOf(text).map(({ text }) => text.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-")));
}

Deno.test("the folders that ARCHITECTURE.md allows to import are those of the rules", () => {
  const rows = readTable(read(".github/ARCHITECTURE.md")).filter(([folder]) => /^`src\//.test(folder!));
  const named = (cell: string) => [...cell.matchAll(/`([a-z]+)`/g)].map(([, name]) => `src/${name}`);
  for (const [cell, , imports] of rows) {
    const folder = cell!.replaceAll("`", "");
    const allowed = FOLDERS[folder]!.filter((path) => /^src\/[a-z]+$/.test(path));
    if (imports === "everything above") continue;
    assertEquals(named(imports!).filter((path) => path in FOLDERS).sort(), allowed.sort(), folder);
  }
  assertEquals(rows.length, [...Deno.readDirSync(new URL("src/", ROOT))].length);
});

Deno.test("the classes and types that ARCHITECTURE.md names exist", () => {
  const named = [...read(".github/ARCHITECTURE.md").matchAll(/`([A-Z][a-z]+[A-Za-z]*)(?:\.\w+)?`/g)];
  assert(named.length > 10);
  const sources = sourcesIn(new URL("src/", ROOT)).map((url) => Deno.readTextFileSync(url)).join("\n");
  assertEquals(named.map(([, name]) => name!).filter((name) => !isDeclared(name, sources)), []);
});

function isDeclared(name: string, sources: string): boolean {
  return new RegExp(`^export (?:abstract )?(?:class|interface|type|function|const) ${name}\\b`, "m").test(sources);
}

function sourcesIn(folder: URL): URL[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return sourcesIn(new URL(`${name}/`, folder));
    return name.endsWith(".ts") ? [new URL(name, folder)] : [];
  });
}
