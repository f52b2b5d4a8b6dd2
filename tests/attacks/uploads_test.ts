/** Members whose uploads stop in the middle, on the real core with a real disk, and a clock that the test moves. */

import { setImmediate } from "node:timers";
import { assert, assertEquals } from "@std/assert";
import { DiskFileStore } from "../../src/files/disk/disk_file_store.ts";
import * as limits from "../../src/protocol/limits.ts";
import { filesBelow } from "../files/disk/disk_subject.ts";
import { headOf, HttpEnd } from "../helpers/http_end.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { Stage } from "../server/stage.ts";

const ATTACKERS = 1_000;
const SENT = new Uint8Array(10);
const TICK_MS = 1_000;

/** Bytes of all files in the folder, by what they are. */
function bytesIn(folder: string): number {
  return Object.values(filesBelow(folder)).reduce((sum, size) => sum + size, 0);
}

/** Waits until it is so, while others work. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Joins from an address of its own, offers a file, sends its first bytes and stops. Returns its connection. */
async function stopInTheMiddle(stage: Stage, number: number): Promise<HttpEnd> {
  const address = `198.51.${number >> 8}.${number & 255}`;
  const guest = stage.dialFrom(address);
  await guest.say(
    { type: "join", name: `eve${number}`, room: `room${number % 100}` },
    { type: "offer", room: `room${number % 100}`, name: "a.bin", size: limits.DEFAULT_MAX_FILE_BYTES },
  );
  const { path, token } = await guest.until("slot");
  guest.hangUp();
  const end = new HttpEnd(stage.listener.dial({ remoteAddress: address }));
  const headers = { Authorization: `Bearer ${token}`, "Content-Length": String(limits.DEFAULT_MAX_FILE_BYTES) };
  await end.write(headOf(`PUT ${path}`, headers), SENT);
  return end;
}

Deno.test("1,000 uploads that stop hold no transfer for long, stop no chat, and leave no byte on the disk", async () => {
  using folder = temporaryFolder();
  const files = `${folder.path}/files`;
  const store = await DiskFileStore.open({ folder: files });
  const maxFileBytes = limits.DEFAULT_MAX_FILE_BYTES;
  const limitsOfFiles = { maxFileBytes, totalBytes: 2 * ATTACKERS * maxFileBytes, bytesPerMemberAndDay: maxFileBytes };
  {
    await using stage = new Stage({ files: { store, limits: limitsOfFiles }, maxConnections: 3 * ATTACKERS });
    const before = bytesIn(files);
    const ends: HttpEnd[] = [];
    for (let number = 0; number < ATTACKERS; number++) ends.push(await stopInTheMiddle(stage, number));
    const most = limits.MAX_SERVER_TRANSFERS * SENT.length;
    await until(() => store.usedBytes === most);
    const ada = await stage.join("ada");
    await ada.say({ type: "message", room: "lobby", text: "hi", ref: "1" });
    assertEquals((await ada.until("ack")).ref, "1");
    assert(bytesIn(files) - before <= most);
    stage.pass(limits.TRANSFER_LAPSE_MS);
    for (const end of ends) {
      await end.rest();
      end.hangUp();
    }
    stage.pass(limits.SLOT_MS);
    for (let tick = 0; tick <= ATTACKERS / limits.SLOTS_ENDED_AT_ONCE; tick++) stage.pass(TICK_MS);
    await until(() => store.usedBytes === 0);
    assertEquals(bytesIn(files), before);
  }
  await store.close();
});
