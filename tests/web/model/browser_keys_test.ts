import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { NOBLE_KEYS } from "../../../src/identity/noble_keys.ts";
import { keyText } from "../../../src/identity/text_signature.ts";
import { BrowserKeys, type KeptPairs, type PairStore } from "../../../src/web/model/browser_keys.ts";
import { MemoryStore } from "../page_stage.ts";

const noble = () => Promise.resolve(NOBLE_KEYS);

/** A browser's database of keys. */
class MemoryPairs implements PairStore {
  readonly kept = new Map<string, KeptPairs>();

  read(place: string): Promise<KeptPairs | undefined> {
    return Promise.resolve(this.kept.get(place));
  }

  add(place: string, pairs: KeptPairs): Promise<void> {
    if (this.kept.has(place)) return Promise.reject(new DOMException("Key exists", "ConstraintError"));
    this.kept.set(place, pairs);
    return Promise.resolve();
  }

  remove(place: string): Promise<void> {
    this.kept.delete(place);
    return Promise.resolve();
  }
}

const BROKEN: PairStore = {
  read: () => Promise.reject(new Error("No database")),
  add: () => Promise.reject(new Error("No database")),
  remove: () => Promise.reject(new Error("No database")),
};

async function keyOf(keys: BrowserKeys, user: string, chat: string): Promise<string> {
  return keyText((await keys.keyFor(user, chat))!);
}

for (const [name, choose] of [["with Web Crypto", undefined], ["without Web Crypto", noble]] as const) {
  Deno.test(`${name}, each user has a key for each chat, until they are forgotten`, async () => {
    const [store, pairs] = [new MemoryStore(), new MemoryPairs()];
    const first = await keyOf(new BrowserKeys(store, pairs, choose), "u-1", "c-1");
    const again = new BrowserKeys(store, pairs, choose);
    assertEquals(await keyOf(again, "u-1", "c-1"), first);
    assertNotEquals(await keyOf(again, "u-2", "c-1"), first);
    assertNotEquals(await keyOf(again, "u-1", "c-2"), first);
    await again.forget("u-1", "c-1");
    assertNotEquals(await keyOf(again, "u-1", "c-1"), first);
    assertEquals([store.keys().length, pairs.kept.size], choose === undefined ? [0, 3] : [3, 0]);
  });
}

Deno.test("with Web Crypto, no kept key can be read, and tabs that start at once have one key", async () => {
  const pairs = new MemoryPairs();
  const tabs = Array.from({ length: 4 }, () => keyOf(new BrowserKeys(new MemoryStore(), pairs), "u-1", "c-1"));
  assertEquals(new Set(await Promise.all(tabs)).size, 1);
  const [{ signing, agreement }] = [...pairs.kept.values()] as [KeptPairs];
  assertEquals([signing.privateKey.extractable, agreement.privateKey.extractable], [false, false]);
});

Deno.test("a browser that stores nothing, or something else, has no key", async () => {
  const full = new MemoryStore();
  full.write = () => false;
  assertEquals(await new BrowserKeys(full, BROKEN, noble).keyFor("u-1", "c-1"), undefined);
  for (const value of [{}, { ed25519: 5 }, { ed25519: "?" }, []]) {
    const store = new MemoryStore();
    store.write("key u-1 c-1", value);
    assertEquals(await new BrowserKeys(store, BROKEN, noble).keyFor("u-1", "c-1"), undefined);
  }
  const keys = new BrowserKeys(new MemoryStore(), BROKEN);
  await assertRejects(() => keys.keyFor("u-1", "c-1"));
  await keys.forget("u-1", "c-1");
});
