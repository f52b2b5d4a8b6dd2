import { assertEquals, assertThrows } from "@std/assert";
import { onceReleased } from "../../../src/cli/platform/private_file.ts";

/** Fails `times` with the error, and then succeeds. */
function heldFor(times: number, error: Error): () => string {
  return () => {
    if (times-- > 0) throw error;
    return "done";
  };
}

const HELD: readonly Error[] = [
  new Deno.errors.PermissionDenied("Access is denied. (os error 5)"),
  new Deno.errors.Busy("in use"),
  Object.assign(new Error("The process cannot access the file. (os error 32)"), { code: "EBUSY" }),
];

Deno.test("on Windows a file that another program holds for a moment is replaced once it is released", () => {
  for (const error of HELD) {
    const pauses: number[] = [];
    assertEquals(onceReleased(heldFor(3, error), "windows", (ms) => pauses.push(ms)), "done");
    assertEquals(pauses, [20, 20, 20]);
  }
});

Deno.test("on Windows a file that stays held fails within a second", () => {
  let waited = 0;
  assertThrows(() => onceReleased(heldFor(Infinity, HELD[0]!), "windows", (ms) => waited += ms), Error, "denied");
  assertEquals(waited > 0 && waited < 1_000, true);
});

Deno.test("other errors and other systems fail at once", () => {
  const never = () => {
    throw new Error("paused");
  };
  assertThrows(() => onceReleased(heldFor(1, new Deno.errors.NotFound("gone")), "windows", never), Error, "gone");
  assertThrows(() => onceReleased(heldFor(1, HELD[0]!), "linux", never), Error, "denied");
});
