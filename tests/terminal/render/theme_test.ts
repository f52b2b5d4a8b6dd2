import { assert, assertEquals } from "@std/assert";
import { createPalette, MONOCHROME, themed } from "../../../src/terminal/render/palette.ts";
import { codesOf, DEFAULT_THEME, isStyle, nameCodes, PARTS, THEMES } from "../../../src/terminal/render/theme.ts";
import { start } from "../app_stage.ts";
import { roomMessage } from "../memory_terminal.ts";

Deno.test("a style is words for colours and attributes, and an invalid one is refused", () => {
  assertEquals(codesOf("bold 166 underline"), { on: "1;38;5;166;4", off: "22;39;24" });
  assertEquals([codesOf("red")?.on, codesOf("bright-cyan")?.on, codesOf("none")?.on], ["31", "96", ""]);
  assertEquals(codesOf("bold dim"), { on: "1;2", off: "22" });
  for (const look of ["", " ", "256", "-1", "1e2", "red blue", "bold none", "bright", "\x1b[31m", "31m", "toString"]) {
    assertEquals([look, codesOf(look)], [look, undefined]);
  }
  assertEquals(nameCodes("166 blue")?.map(({ on }) => on), ["38;5;166", "34"]);
  assertEquals([nameCodes("166 32 bold"), nameCodes("each")], [undefined, undefined]);
});

Deno.test("each built-in theme styles every part, and changes nothing without colour", () => {
  for (const [name, theme] of THEMES) {
    for (const part of PARTS) assert(isStyle(part, theme[part]), `${name} ${part}`);
    for (const palette of [createPalette(false), MONOCHROME]) assertEquals(themed(palette, theme), palette);
  }
});

/** The WCAG's contrast of one of xterm's colours from 16 on with black, and with white. */
function contrasts(color: number): [black: number, white: number] {
  const levels = [0, 95, 135, 175, 215, 255];
  const cube = color - 16;
  const rgb = color >= 232
    ? [0, 1, 2].map(() => 8 + 10 * (color - 232))
    : [36, 6, 1].map((step) => levels[Math.floor(cube / step) % 6]!);
  const [r, g, b] = rgb.map((value) => value / 255).map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  ) as [number, number, number];
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return [(light + 0.05) / 0.05, 1.05 / (light + 0.05)];
}

Deno.test("the colour-blind-safe theme is readable on black and white, the light theme on white", () => {
  const numbers = (name: string) =>
    Object.values(THEMES.get(name)!).flatMap((look: string) => look.match(/\b\d+\b/g) ?? []).map(Number);
  for (const color of numbers("colour-blind-safe")) assert(Math.min(...contrasts(color)) >= 3.4, `${color}`);
  for (const color of numbers("light")) assert(contrasts(color)[1] >= 4.5, `${color}`);
});

Deno.test("a theme colours later lines, and an unknown theme changes nothing", async () => {
  const themes = new Map([["mine", { ...DEFAULT_THEME, name: "bold 32" }]]);
  const { terminal, screen, client, type, settled, quit } = await start({ columns: 90, rows: 30, color: true, themes });
  const drawn = async (seq: number) => {
    terminal.writes.length = 0;
    client.receive(roomMessage("hello", seq));
    await settled();
    return terminal.writes.join("");
  };
  const before = createPalette(true).name("ada");
  assert((await drawn(1)).includes(before));
  await type("/set theme mine\r");
  assert((await drawn(2)).includes("\x1b[1;38;5;32mada\x1b[22;39m"));
  await type("/set theme nonsense\r\x15");
  assert(screen.text.includes("light, mono, colour-blind-safe, mine"), screen.text);
  await type("/set theme default\r");
  assert((await drawn(3)).includes(before));
  await quit();
});
