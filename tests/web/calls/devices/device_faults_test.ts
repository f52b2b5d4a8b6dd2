import { assertEquals } from "@std/assert";
import { deviceFault } from "../../../../src/web/calls/devices/device_faults.ts";

Deno.test("each fault of a device is a sentence that names it and the command to try again", () => {
  for (const name of ["NotAllowedError", "SecurityError", "NotFoundError", "NotReadableError", "AbortError", "Other"]) {
    for (const [kind, command] of [["camera", "/camera on"], ["microphone", "/mic on"]] as const) {
      const sentence = deviceFault(kind, name);
      assertEquals([sentence.includes(kind), sentence.endsWith(command)], [true, true], sentence);
    }
  }
});
