import { assertEquals, assertStringIncludes } from "@std/assert";
import { BINDINGS } from "../../../src/terminal/input/key_table.ts";
import { isKeyName } from "../../../src/terminal/input/key_decoder.ts";
import { bindingsWith } from "../../../src/terminal/input/key_bindings.ts";
import { start } from "../app_stage.ts";

Deno.test("a configured key does its action, and the help shows it", async () => {
  const errors: string[] = [];
  const chosen = { undo: ["C-o"], "line-start": ["C-x h", "C-x pageup", "M-1"] };
  const bindings = bindingsWith(chosen, (error) => errors.push(error));
  assertEquals(errors.length, 2);
  assertEquals(errors[1], '"M-1" is reserved for switching rooms');
  const { screen, type, quit } = await start({ bindings, columns: 80, rows: 24 });
  await type("abc");
  await type("\x18\x1b[5~");
  await type("X");
  assertStringIncludes(screen.text, "Xabc");
  await type("\x0f");
  assertEquals(screen.text.includes("Xabc"), false);
  await type("\x03");
  await type("/help editing\r");
  assertStringIncludes(screen.text, "Ctrl-O ");
  assertEquals(screen.text.includes("Ctrl-_"), false);
  await quit();
});

Deno.test("every key of the table is a valid key name, and keys that terminals never send are not", () => {
  for (const key of BINDINGS.keys()) {
    for (const part of key.split(" ")) assertEquals([part, isKeyName(part)], [part, true]);
  }
  for (const key of ["", "a", "S-a", "C-", "C-é", "M-", "f13", "C-C-a", "\x1b", "C-x C-e", "\u202eC-a"]) {
    assertEquals([key, isKeyName(key)], [key, false]);
  }
});
