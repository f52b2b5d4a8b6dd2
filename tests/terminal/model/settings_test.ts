import { assert, assertEquals, assertThrows } from "@std/assert";
import { createPalette } from "../../../src/terminal/render/palette.ts";
import {
  DEFAULT_SETTINGS,
  SETTING_NAMES,
  settingLines,
  settingRows,
  withSetting,
} from "../../../src/terminal/model/settings.ts";
import { start } from "../app_stage.ts";
import { roomMessage } from "../memory_terminal.ts";

Deno.test("settings: each setting accepts exactly the values that its row lists", () => {
  for (const { name, value, values } of settingRows(DEFAULT_SETTINGS)) {
    assertEquals(withSetting(DEFAULT_SETTINGS, name, value), DEFAULT_SETTINGS, name);
    for (const choice of values.split("|").filter((choice) => /^[a-z]+$/.test(choice))) {
      const row = settingRows(withSetting(DEFAULT_SETTINGS, name.toUpperCase(), choice)).find((row) =>
        row.name === name
      );
      assertEquals(row?.value, choice);
    }
  }
  assertEquals(withSetting(DEFAULT_SETTINGS, "keywords", "tea, cake tea").keywords, ["tea", "cake"]);
  for (const [name, value] of [["fold", "-1"], ["fold", "x"], ["bell", "maybe"], ["keywords", "x".repeat(65)]]) {
    assert(assertThrows(() => withSetting(DEFAULT_SETTINGS, name!, value!), Error).message.includes(`/set ${name} `));
  }
  assertEquals(
    assertThrows(() => withSetting(DEFAULT_SETTINGS, "__proto__", "on"), Error).message,
    'There is no setting "__proto__": /set lists all settings',
  );
});

Deno.test("settings: the list has one row for each setting, of at most 100 columns", () => {
  const lines = settingLines(DEFAULT_SETTINGS);
  assertEquals(lines.map((line) => line.trim().split(" ")[0]), [...SETTING_NAMES]);
  for (const line of lines) assert(line.length <= 100, line);
});

Deno.test("settings: /set lists, shows and changes settings, and refuses invalid values", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 90, rows: 30, timeZone: "Asia/Tokyo" });
  await type("/set\r/set bell\r/set bell on\r/set bell loud\r");
  const lines = screen.joined;
  assert(lines.includes("  bell        off      ring the bell when a message is for you"), screen.text);
  assert(lines.includes("* bell is off: ring the bell when a message is for you (on|off)"), screen.text);
  assert(lines.includes("* bell is on: ring the bell when a message is for you"), screen.text);
  assertEquals(lines.at(-2), '! Value "loud" is not possible for bell: write /set bell on|off');
  client.receive(roomMessage("then"));
  await settled();
  assertEquals(screen.joined.at(-2), "[21:03] ada: then");
  await type("\x15/set utc on\r");
  client.receive(roomMessage("now", 2));
  await settled();
  assertEquals(screen.joined.at(-2), "[12:03] ada: now");
  await quit();
});

Deno.test("settings: web addresses become terminal links, except in code", async () => {
  const { terminal, screen, client, settled, quit } = await start({ columns: 60, hyperlinks: true, color: true });
  const address = "https://example.org/zoe?q=(a)&b=c";
  client.receive(
    roomMessage(`see ${address}, zoe\n\`\`\`\nhttp://a.example zoe\n\`\`\`\nftp://b.example javascript:alert(1)`),
  );
  await settled();
  assertEquals(screen.commands.filter((command) => command.startsWith("8;")), [`8;;${address}`, "8;;"]);
  const palette = createPalette(true);
  const written = terminal.writes.join("");
  assert(written.includes(`${palette.link(address)}\x1b]8;;\x1b\\, ${palette.mention("zoe")}`));
  assert(written.includes(`${palette.code("http://a.example zoe")}\r\n`));
  await quit();
});

Deno.test("settings: /set -keep stores a setting and shows the place; without a place it fails and changes nothing", async () => {
  const kept: unknown[] = [];
  const keepSetting = (name: string, value: unknown) => (kept.push([name, value]), "FILE");
  const { screen, type, quit } = await start({ columns: 90, rows: 30, keepSetting });
  await type("/set -keep keywords tea,cake\r/set -keep bell maybe\r\x15/set -keep\r\x15");
  assert(
    screen.joined.includes("* keywords is tea,cake, stored in FILE: words that notify you like your name"),
    screen.text,
  );
  assert(screen.joined.includes("! /set -keep needs a setting: write /set -keep NAME VALUE"), screen.text);
  assertEquals(kept, [["keywords", ["tea", "cake"]]]);
  await quit();
  const elsewhere = await start({ columns: 90, rows: 30 });
  await elsewhere.type("/set -keep bell on\r\x15/set bell\r");
  assert(elsewhere.screen.text.includes("! Settings cannot be stored here: write /set without -keep"));
  assert(elsewhere.screen.text.includes("* bell is off"));
  await elsewhere.quit();
});
