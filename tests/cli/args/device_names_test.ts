import { assertEquals, assertThrows } from "@std/assert";
import { deviceIn, rejectDevices } from "../../../src/cli/args/device_names.ts";
import { Failure } from "../../../src/cli/args/exit_codes.ts";
import { IMPORT } from "../../../src/cli/commands/data/import.ts";

Deno.test("a path with the name of a device of Windows is found, with any extension and in any folder", () => {
  const paths = [
    "NUL",
    "nul.txt",
    "CON",
    "C:\\chat\\aux",
    "chat/COM1.log",
    "lpt\u00b2",
    "prn .txt",
    "con.",
    "NUL:",
    "CONIN$",
  ];
  assertEquals(paths.filter((path) => deviceIn(path) === undefined), []);
  assertEquals(deviceIn("C:\\chat\\aux\\x"), "aux");
  const others = ["null", "console.txt", "COM", "com10", "-", "a.nul", "C:\\config", "nul_", ".con"];
  assertEquals(others.filter((path) => deviceIn(path) !== undefined), []);
});

Deno.test("a device as a file or a data folder is refused with the next step", () => {
  const reject = (operands: readonly string[], values: Record<string, readonly string[]>) =>
    assertThrows(() => rejectDevices(IMPORT, operands, new Map(Object.entries(values))), Failure).message;
  const reason = "Windows reserves the name NUL.txt for a device; choose another name";
  assertEquals(reject(["NUL.txt"], {}), `FILE is "NUL.txt": ${reason}`);
  assertEquals(reject(["-"], { data: ["NUL.txt"] }), `Option --data is "NUL.txt": ${reason}`);
  rejectDevices(IMPORT, ["chat.jsonl"], new Map([["data", ["chat"]]]));
});
