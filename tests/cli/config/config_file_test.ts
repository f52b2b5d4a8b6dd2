import { join } from "node:path";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import {
  type Config,
  CONFIG_FILE,
  configFolder,
  NO_CONFIG,
  parseConfig,
  readConfig,
} from "../../../src/cli/config/config_file.ts";
import { type SettingInForce, settingsInForce } from "../../../src/cli/commands/config.ts";
import { CONNECT } from "../../../src/cli/commands/connect.ts";
import { commandLine } from "../../helpers/e2e.ts";
import { homeVariables, newFolder } from "../../helpers/e2e_home.ts";
import { run } from "../../helpers/process.ts";
import { keepInConfig } from "../../../src/cli/config/config_writer.ts";
import { BINDINGS } from "../../../src/terminal/input/key_table.ts";
import { DEFAULT_SETTINGS, settingRows } from "../../../src/terminal/model/settings.ts";
import { DEFAULT_THEME } from "../../../src/terminal/render/theme.ts";

function parse(value: unknown): Config {
  return parseConfig(JSON.stringify(value), "FILE");
}

Deno.test("the file is overridden by options and variables, and overrides the deerrors", () => {
  const { options, errors } = parse({ name: "ada", room: ["ops", "lobby"], plain: true });
  assertEquals(errors, []);
  const read = (words: string[], env: Record<string, string> = {}) => {
    const args = readArguments(words, CONNECT, (variable) => env[variable]).orElse(options);
    return [args.text("name"), args.list("room"), args.flag("plain")];
  };
  assertEquals(read([]), ["ada", ["ops", "lobby"], true]);
  assertEquals(read(["--name", "bob"], { CONFAB_NAME: "eve", CONFAB_PLAIN: "0" }), ["bob", ["ops", "lobby"], false]);
  assertEquals(read(["--room", "build"], { CONFAB_NAME: "eve" }), ["eve", ["build"], true]);
});

Deno.test("an invalid entry is reported with file, key, value and valid values, and the rest is used", () => {
  const config = parse({
    nmae: "ada",
    name: "a b\u202e",
    room: "ops",
    plain: "yes",
    keys: { undoo: "C-z", undo: ["x"] },
  });
  assertEquals(config.options, new Map([["room", ["ops"]]]));
  assertEquals(config.errors.length, 5);
  const [unknown, name, plain, action, key] = config.errors as [string, string, string, string, string];
  assertEquals(unknown, 'In FILE, unknown key "nmae": did you mean "name"?');
  assertStringIncludes(name, 'In FILE, key "name" is "a b');
  assertStringIncludes(name, '(the default is used): expected a name, such as "ada"');
  assertEquals(name.includes("\u202e"), false);
  assertEquals(plain, 'In FILE, key "plain" is "yes" (the default is used): expected true or false');
  assertStringIncludes(action, 'did you mean "undo"?');
  assertStringIncludes(key, 'is not a valid key for "undo"');
});

Deno.test("a key named like a property of every object is unknown", () => {
  const { errors } = parseConfig('{"__proto__": {"name": "x"}, "constructor": 1, "toString": 2}', "FILE");
  assertEquals(errors.length, 3);
});

Deno.test("an action has exactly the keys of the file, and a key belongs to its last action", () => {
  const { bindings, errors } = parse({ keys: { complete: ["C-o", "C-x t"], undo: "C-l", redo: [] } });
  assertEquals(errors.length, 1);
  assertStringIncludes(errors[0]!, '"C-x t" is not a valid key');
  assertEquals([bindings.get("tab"), bindings.get("C-o"), bindings.get("C-l")], [undefined, "complete", "undo"]);
  assertEquals([bindings.get("M-_"), bindings.get("enter")], [undefined, "submit"]);
});

Deno.test("a file that leaves no key to send the line is ignored", () => {
  for (const keys of [{ submit: [] }, { "break-line": "enter" }]) {
    const { bindings, errors } = parse({ keys });
    assertEquals(bindings, BINDINGS);
    assertStringIncludes(errors[0]!, 'no key is left for "submit"');
  }
});

Deno.test("an unreadable file is reported and otherwise ignored", () => {
  const home = newFolder();
  const env = () => home;
  const folder = configFolder(env)!;
  const path = join(folder, CONFIG_FILE);
  assertEquals(readConfig(env), { ...NO_CONFIG, path });
  Deno.mkdirSync(folder, { recursive: true });
  for (const text of ["", "{", "[1]", "null", '"x"', `{"name": "${"x".repeat(300_000)}"}`]) {
    Deno.writeTextFileSync(path, text);
    const { errors, ...rest } = readConfig(env);
    assertEquals(rest, { path, exists: true, options: new Map(), settings: {}, themes: new Map(), bindings: BINDINGS });
    assertStringIncludes(errors.join("\n"), `File ${path} is ignored: it `);
    assertEquals(errors.length, 1);
  }
  assertThrows(() => parseConfig("[]", path));
  assertEquals(readConfig(() => undefined), NO_CONFIG);
});

Deno.test("each setting is shown with its value and its source", () => {
  const config = parse({ name: "ada", plain: true, keys: { undo: "C-z" } });
  const given = readArguments([], CONNECT, (variable) => ({ CONFAB_ROOM: "ops,build" })[variable]);
  assertEquals(settingsInForce(given, config), [
    ["name", "ada", "file"],
    ["room", "ops, build", "variable CONFAB_ROOM"],
    ["plain", "on", "file"],
    ...settingRows(DEFAULT_SETTINGS).map(({ name, value }): SettingInForce => [name, value, "default"]),
    ["keys undo", "Ctrl-Z", "file"],
  ]);
  const why = (env: Record<string, string>, value: unknown) => {
    const given = readArguments([], CONNECT, (variable) => env[variable]);
    return settingsInForce(given, parse(value)).filter(([name]) => ["utc", "fold"].includes(name));
  };
  assertEquals(why({}, { utc: true, fold: 9 }), [["fold", "9", "file"], ["utc", "on", "file"]]);
  assertEquals(why({ CONFAB_UTC: "0" }, { utc: true })[1], ["utc", "off", "variable CONFAB_UTC"]);
  assertEquals(settingsInForce(given, NO_CONFIG)[0], ["name", "your system user name", "default"]);
});

Deno.test("confab config shows the file, the settings in force and the errors", async () => {
  const home = newFolder();
  const [command, ...args] = commandLine(["config"]);
  const empty = await run(command!, { args, home });
  assertEquals([empty.code, empty.stderr], [0, ""]);
  assertStringIncludes(empty.stdout, "(not found)");
  const folder = `${homeVariables(home).XDG_CONFIG_HOME}/confab`;
  if (Deno.build.os !== "linux") return;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/${CONFIG_FILE}`, '{"name": "ada", "plian": true}');
  const { code, stdout, stderr } = await run(command!, { args, home, env: { CONFAB_ROOM: "ops" } });
  assertEquals([code, stderr], [2, `In ${folder}/${CONFIG_FILE}, unknown key "plian": did you mean "plain"?`]);
  assertEquals(stdout.split("\n").slice(0, 3).map((line) => line.trim().split(/ {2,}/)), [
    [`File: ${folder}/${CONFIG_FILE}`],
    ["name", "ada", "file"],
    ["room", "ops", "variable CONFAB_ROOM"],
  ]);
});

Deno.test("the file takes the settings of /set as JSON values, and reports each invalid one", () => {
  const { settings, errors } = parse({
    keywords: ["tea", "cake"],
    fold: 7,
    bell: true,
    links: "on",
    title: "off",
  });
  assertEquals(errors, []);
  assertEquals(settings, { keywords: ["tea", "cake"], fold: 7, bell: true, links: "on", title: false });
  const wrong = parse({ fold: -1, bell: 1, elsewhere: null, utc: {}, belll: true });
  assertEquals(wrong.settings, {});
  assertEquals(wrong.errors, [
    'In FILE, key "fold" is -1 (the default is used): expected a whole number from 0 to 1000',
    'In FILE, key "bell" is 1 (the default is used): expected true or false',
    'In FILE, key "elsewhere" is null (the default is used): expected all or calls or none',
    'In FILE, key "utc" is {} (the default is used): expected true or false',
    'In FILE, unknown key "belll": did you mean "bell"?',
  ]);
});

Deno.test("a saved setting changes nothing else in the file, which becomes private", () => {
  const home = newFolder();
  const env = (variable: string) => /^(XDG_CONFIG_HOME|APPDATA|HOME)$/.test(variable) ? home : undefined;
  const path = keepInConfig("bell", true, env);
  assertEquals(JSON.parse(Deno.readTextFileSync(path)), { bell: true });
  Deno.writeTextFileSync(path, '{"future": {"a": [1]}, "bell": true, "__proto__": 1}');
  if (Deno.build.os !== "windows") Deno.chmodSync(path, 0o644);
  keepInConfig("keywords", ["tea"], env);
  assertEquals(
    Deno.readTextFileSync(path).replace(/\s/g, ""),
    '{"future":{"a":[1]},"bell":true,"__proto__":1,"keywords":["tea"]}',
  );
  if (Deno.build.os !== "windows") assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
  assertEquals([...Deno.readDirSync(path.replace(/[^/\\]*$/, ""))].length, 1);
  Deno.writeTextFileSync(path, "{ mine");
  assertStringIncludes(
    assertThrows(() => keepInConfig("bell", false, env), Error).message,
    `in ${path}: it is not valid JSON`,
  );
  assertEquals(Deno.readTextFileSync(path), "{ mine");
  assertThrows(() => keepInConfig("bell", false, () => undefined), Error, "no folder is known");
});

Deno.test({
  name: "a linked file is replaced at its own place",
  ignore: Deno.build.os !== "linux",
  fn() {
    const home = newFolder();
    Deno.mkdirSync(`${home}/confab`);
    Deno.writeTextFileSync(`${home}/dotfile`, "{}");
    Deno.symlinkSync(`${home}/dotfile`, `${home}/confab/${CONFIG_FILE}`);
    const env = (variable: string) => variable === "XDG_CONFIG_HOME" ? home : undefined;
    keepInConfig("fold", 5, env);
    assertEquals(Deno.readTextFileSync(`${home}/dotfile`).replace(/\s/g, ""), '{"fold":5}');
  },
});

Deno.test("the file defines themes, and invalid parts are reported and use the default style", () => {
  const mine = { name: "32 166", error: "bold 166", dim: "dimm", foreground: "red" };
  const { themes, settings, errors } = parse({ theme: "mine", themes: { mine, "Bad name": {} } });
  assertEquals(settings, { theme: "mine" });
  assertEquals(themes, new Map([["mine", { ...DEFAULT_THEME, name: "32 166", error: "bold 166" }]]));
  assertEquals(errors, [
    'In FILE, key "themes": theme "mine": "dimm" is not a style for "dim": use for example "bold red"',
    'In FILE, key "themes": theme "mine" has no part "foreground": the parts are name, dim, bold, mention, error, link, code',
    'In FILE, key "themes": "Bad name" is not a valid theme name: use up to 32 lowercase letters, digits and dashes',
  ]);
  const unknown = parse({ theme: "nonsense", themes: { mine: {} } });
  assertEquals(unknown.settings, { theme: "default" });
  assertEquals(unknown.errors, [
    'In FILE, key "theme" is "nonsense" (the default is used): ' +
    "expected default or light or mono or colour-blind-safe or mine",
  ]);
  assertEquals(parse({ theme: "light" }).errors, []);
});
