import { assertEquals } from "@std/assert";
import { MemoryHistory } from "../../../src/history/memory/memory_history.ts";
import { SLOT_MS } from "../../../src/protocol/limits.ts";
import { UnusedBlobs } from "../../../src/server/turn/unused_blobs.ts";
import { deleted } from "../../contracts/changes_contract.ts";
import { file } from "../../contracts/files_contract.ts";
import { batch, message, room, START_MS } from "../../contracts/history_store_contract.ts";
import { MemoryFileStore } from "../../helpers/memory_file_store.ts";

const NOW = START_MS + 2 * SLOT_MS;

/** A store whose entries are all as old as the test says. */
class AgedStore extends MemoryFileStore {
  changedAt = START_MS;

  override async *list() {
    for await (const entry of super.list()) yield { ...entry, changedAt: this.changedAt };
  }
}

/** A chat in which one message has the file of the hash `aaa…`. */
function scene(slots: readonly string[] = [], uploaded: readonly string[] = []) {
  const history = new MemoryHistory();
  history.append(batch({ rooms: [room("lobby")], messages: [{ message: { ...message(1, ""), file: file(1, "a") } }] }));
  const store = new AgedStore();
  for (const letter of "abcd") store.blobs.set(letter.repeat(43), new Uint8Array(1));
  const logged: string[] = [];
  const unused = new UnusedBlobs({
    store,
    files: history.files,
    log: (...[, event, fields]) => void logged.push(`${event}: ${(fields as { error: string }).error}`),
    now: () => NOW,
    isSlot: (id) => slots.includes(id),
    isUploaded: (sha256) => uploaded.includes(sha256[0]!),
  });
  const kept = () => [...store.blobs.keys(), ...store.partial.keys()].map((key) => key[0]).sort().join("");
  return { history, store, unused, kept, logged };
}

Deno.test("the sweep removes what is a day old and belongs to no message and no slot", async () => {
  const { store, unused, kept } = scene(["1"], ["b"]);
  for (const id of ["1", "2"]) store.partial.set(id, new Uint8Array(1));
  unused.sweep();
  await unused.idle;
  assertEquals(kept(), "1ab");
});

Deno.test("the sweep keeps what is younger", async () => {
  const { store, unused, kept } = scene();
  store.changedAt = NOW - SLOT_MS + 1;
  store.partial.set("2", new Uint8Array(1));
  unused.sweep();
  await unused.idle;
  assertEquals(kept(), "2abcd");
});

Deno.test("a tick removes the blob of a deleted message, unless an upload has the same bytes", async () => {
  for (const uploaded of [[], ["a"]]) {
    const { history, unused, kept } = scene([], uploaded);
    const of = { id: message(1, "").id, seq: 1 };
    history.append(batch({ messages: [{ message: { ...deleted(2, 1), of } }] }));
    unused.tick();
    await unused.idle;
    assertEquals([kept(), history.files.unused(9)], [uploaded.length > 0 ? "abcd" : "bcd", []]);
    await unused.close();
  }
});

Deno.test("a dropped upload takes its bytes along, and its blob unless it is in use", async () => {
  const { store, unused, kept } = scene();
  store.partial.set("9", new Uint8Array(1));
  unused.drop("9", undefined);
  unused.drop("8", "a".repeat(43));
  unused.drop("7", "b".repeat(43));
  await unused.idle;
  unused.tick();
  await unused.idle;
  assertEquals(kept(), "acd");
  await unused.close();
});

Deno.test("a blob that is in use is removed by a later tick", async () => {
  const { store, unused, kept } = scene();
  let held = true;
  const remove = store.removeBlob.bind(store);
  store.removeBlob = (sha256) => held ? Promise.resolve(false) : remove(sha256);
  unused.drop("7", "b".repeat(43));
  await unused.idle;
  unused.tick();
  await unused.idle;
  assertEquals(kept(), "abcd");
  held = false;
  unused.tick();
  await unused.idle;
  assertEquals(kept(), "acd");
  await unused.close();
});
