import { assertEquals, assertThrows } from "@std/assert";
import type { TransferState } from "../../../src/client/files/file_transfer.ts";
import { fileText, sizeText } from "../../../src/presentation/sentences/file_text.ts";
import { CHECKED_MEDIA_TYPES } from "../../../src/protocol/files/media_types.ts";
import { MAX_SHOWN_FILES } from "../../../src/protocol/limits.ts";
import type { RoomMessage } from "../../../src/protocol/messages/messages.ts";
import { nameForMedia } from "../../../src/terminal/files/media_names.ts";
import { ShownFiles } from "../../../src/terminal/files/shown_files.ts";
import { transferRows } from "../../../src/terminal/files/transfer_rows.ts";
import { directMessage, roomMessage } from "../../client/harness.ts";

const MB = 1024 * 1024;
const STATE: TransferState = {
  ...{ number: 1, direction: "send", name: "report.pdf", size: 100 * MB, bytes: 45 * MB },
  ...{ rate: 2.1 * MB, leftMs: 27_000, stage: "running" },
};
const row = (change: Partial<TransferState>) => transferRows([{ ...STATE, ...change }])[0];

Deno.test("a row shows the file, how much of it has moved, how fast, and for how long it goes on", () => {
  assertEquals(row({}), "↑ 1 report.pdf [####------] 45 MB of 100 MB, 2.1 MB/s, 27 s left");
  assertEquals(
    row({ direction: "receive", bytes: 0, rate: 0, leftMs: undefined }),
    "↓ 1 report.pdf [----------] 0 bytes of 100 MB",
  );
  assertEquals(row({ bytes: STATE.size }), "↑ 1 report.pdf [##########] 100 MB of 100 MB, finishing");
  assertEquals(row({ size: 0, bytes: 0 })?.includes("[##########] 0 bytes of 0 bytes, finishing"), true);
  assertEquals(
    row({ stage: "paused", reason: "cut\noff" })?.endsWith("45 MB of 100 MB, paused: cut off"),
    true,
    row({ stage: "paused", reason: "cut\noff" }),
  );
  const lefts = [0, 99_000, 100_000, 6_000_000].map((leftMs) => /(\d+ \w+) left/.exec(row({ leftMs })!)?.[1]);
  assertEquals(lefts, ["1 s", "99 s", "2 min", "2 h"]);
});

Deno.test("a long or hostile name cannot push the numbers out of the row, and those that wait are counted", () => {
  const rows = transferRows([
    { ...STATE, name: "x".repeat(200) + "\x1b[2J" },
    { ...STATE, number: 2, stage: "waiting" },
    { ...STATE, number: 3, stage: "waiting" },
  ]);
  assertEquals(rows, [
    `↑ 1 ${"x".repeat(23)}… [####------] 45 MB of 100 MB, 2.1 MB/s, 27 s left`,
    "… 2 more files wait",
  ]);
});

Deno.test("sizes have two digits at least, and never 1024 of a unit", () => {
  assertEquals(
    [0, 1, 1023, 1024, 10_188, 10_240, 1024 * 1024 - 1, 1.5 * MB, 99.6 * MB, 3 * 1024 ** 3, 2 ** 50].map(sizeText),
    ["0 bytes", "1 byte", "1023 bytes", "1.0 KB", "9.9 KB", "10 KB", "1.0 MB", "1.5 MB", "100 MB", "3.0 GB", "1024 TB"],
  );
  assertEquals(fileText({ name: "a.txt", size: 7 }), "File a.txt (7 bytes)");
});

Deno.test("a file that is opened has an extension of its kind", () => {
  assertEquals(nameForMedia("photo.exe", "image/png"), "photo.exe.png");
  assertEquals(nameForMedia("photo.JPEG", "image/jpeg"), "photo.JPEG");
  assertEquals(nameForMedia("photo.png", "image/jpeg"), "photo.png.jpg");
  assertEquals(nameForMedia("photo", "constructor"), "photo");
  for (const media of CHECKED_MEDIA_TYPES) assertEquals(nameForMedia("a", media).length > 1, true, media);
});

const FILE = { id: "f", name: "a.txt", size: 1, media: "application/octet-stream", sha256: "s" };
const withFile = (seq: number, name = "a.txt"): RoomMessage => ({ ...roomMessage(seq), file: { ...FILE, name } });

Deno.test("files are found by the numbers of their messages, by default the newest of the place", () => {
  const files = new ShownFiles();
  assertThrows(() => files.find("lobby", undefined), Error, "no file here yet");
  files.received(withFile(5, "new"));
  files.received({
    type: "history",
    room: "lobby",
    messages: [withFile(2, "old"), roomMessage(3)],
    more: false,
  });
  files.received({ ...directMessage(9), file: { ...FILE, name: "private" } });
  assertEquals(files.find("lobby", 2).file.name, "old");
  assertEquals(files.find("lobby", undefined).file.name, "new");
  assertEquals(files.find("@m-bob", undefined).file.name, "private");
  assertThrows(() => files.find("lobby", 3), Error, "Message 3 has no file");
  assertThrows(() => files.find("lobby", 9), Error, "Message 9 has no file");
});

Deno.test("a deleted file is not found any more, and the oldest ones are forgotten", () => {
  const files = new ShownFiles();
  files.received(withFile(1));
  files.received({ ...withFile(1), deleted: true });
  assertThrows(() => files.find("lobby", 1));
  files.received(withFile(2));
  const { from, at } = roomMessage(3);
  files.received({ type: "deleted", id: "d", room: "lobby", seq: 3, from, at, of: { seq: 2 } });
  assertThrows(() => files.find("lobby", 2));
  for (let seq = 4; seq < 4 + MAX_SHOWN_FILES + 1; seq++) files.received(withFile(seq));
  assertThrows(() => files.find("lobby", 4));
  assertEquals(files.find("lobby", 5).seq, 5);
});
