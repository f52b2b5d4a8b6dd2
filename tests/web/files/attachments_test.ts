import { assertEquals } from "@std/assert";
import { Attachments } from "../../../src/web/files/uploads/attachments.ts";
import { formatBytes } from "../../../src/web/files/file_size.ts";
import { bytesOf, chosenFile } from "./fake_upload_server.ts";

const MAX = 1_000;

function named(count: number): File[] {
  return Array.from({ length: count }, (_, nth) => chosenFile(bytesOf(1), `${nth}.txt`));
}

Deno.test("each conversation has its own chosen files, in the order in which they were chosen", () => {
  const attachments = new Attachments();
  const [one, two, other] = named(3) as [File, File, File];
  assertEquals(attachments.add("#lobby", { files: [one, two], folders: [] }, MAX), []);
  attachments.add("#ops", { files: [other], folders: [] }, MAX);
  attachments.remove("#lobby", one);
  attachments.add("#lobby", { files: [one], folders: [] }, MAX);
  assertEquals(attachments.take("#lobby"), [two, one]);
  assertEquals([attachments.of("#lobby"), attachments.of("#ops")], [[], [other]]);
});

Deno.test("files that cannot be sent are refused with a sentence each, and the others stay", () => {
  const attachments = new Attachments();
  const good = chosenFile(bytesOf(MAX), "good.bin");
  const files = [
    chosenFile(bytesOf(0), "empty.txt"),
    chosenFile(bytesOf(MAX + 100), "large.bin"),
    good,
  ];
  assertEquals(attachments.add("#lobby", { files, folders: ["photos\u202e"] }, MAX), [
    "photos\ufffd is a folder: pack it into one file first",
    "empty.txt is empty: there is nothing to send",
    `large.bin has ${formatBytes(1_100)}: this server takes at most ${formatBytes(MAX)} in a file`,
  ]);
  assertEquals(attachments.of("#lobby"), [good]);
});

Deno.test("a server that takes no files is named once", () => {
  const attachments = new Attachments();
  assertEquals(attachments.add("#lobby", { files: named(3), folders: [] }, undefined), ["This server takes no files"]);
  assertEquals(attachments.of("#lobby"), []);
});

Deno.test("20 files at once are fine, 51 are not, and many faults are few sentences", () => {
  const attachments = new Attachments();
  assertEquals(attachments.add("#lobby", { files: named(20), folders: [] }, MAX), []);
  assertEquals(attachments.add("#lobby", { files: named(31), folders: [] }, MAX), [
    "30.txt is too many: send the first 50 files before",
  ]);
  const faults = attachments.add("#lobby", { files: named(1_000), folders: [] }, MAX);
  assertEquals([faults.length, faults.at(-1)], [6, "995 more files cannot be sent"]);
  assertEquals(attachments.of("#lobby").length, 50);
});
