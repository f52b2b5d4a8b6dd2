import { assertEquals, assertStrictEquals } from "@std/assert";
import { COMMAND_LIST } from "../../src/cli/commands/command_list.ts";
import { loadCommand, loadConnect } from "../../src/cli/command_loader.ts";

Deno.test("each command is loaded by its name, and no other name loads one", async () => {
  for (const command of COMMAND_LIST) assertStrictEquals(await loadCommand(command.name), command);
  assertStrictEquals(await loadConnect(), COMMAND_LIST.find(({ name }) => name === "connect"));
  for (const name of ["", "serv", "constructor", "__proto__"]) assertEquals(await loadCommand(name), undefined);
});
