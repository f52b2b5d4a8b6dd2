import { assertEquals, assertMatch } from "@std/assert";
import { drawQrCode } from "../../../src/cli/invites/qr_code.ts";
import { readQrCode } from "../../helpers/read_qr_code.ts";

const ADDRESS = "https://192.168.1.26:5050/#.ocean-lamp-crane";

Deno.test("a QR code decodes to its text at any length", () => {
  for (const text of [ADDRESS, "x", `https://[fd00::2]:65535/r%C3%A4um#.${"x".repeat(300)}`]) {
    assertEquals(readQrCode(drawQrCode(text, 200).join("\n")), text);
  }
});

Deno.test("the QR code of an address with three words takes 17 of the 24 rows of a terminal", () => {
  assertEquals(drawQrCode(ADDRESS, 80).length, 17);
});

Deno.test("a QR code sets its own black and white, and all rows have the same width", () => {
  const rows = drawQrCode(ADDRESS, 80);
  const drawn = new RegExp("^\x1b\\[38;5;16;48;5;231m[ ▀▄█]{33}\x1b\\[0m$");
  for (const row of rows) assertMatch(row, drawn);
});

Deno.test("a terminal narrower than the QR code shows none", () => {
  assertEquals(drawQrCode(ADDRESS, 33).length, 17);
  assertEquals(drawQrCode(ADDRESS, 32), []);
});
