import { assertEquals } from "@std/assert";
import type { Remembered } from "../../../src/client/client_memory.ts";
import { MAX_PENDING_MESSAGES } from "../../../src/protocol/limits.ts";
import { DeviceUsers, MAX_DEVICE_USERS } from "../../../src/web/model/device_users.ts";
import { MemoryStore } from "../page_stage.ts";

function remembered(name: string, token: string | undefined = `token of ${name}`, ...texts: string[]): Remembered {
  const pending = texts.map((text) => ({ ref: text, target: { room: "lobby" }, text }));
  return { serverId: "s", name, token, lastSeqs: [], pending };
}

function device(store = new MemoryStore()): { users: DeviceUsers; store: MemoryStore } {
  let now = 0;
  return { users: new DeviceUsers(store, () => ++now), store };
}

/** The token and the pending texts that the next page of this name starts with. */
function loaded(users: DeviceUsers, name: string): [string | undefined, ...string[]] | undefined {
  const found = users.user(name).memory.load();
  return found && [found.token, ...found.pending.map(({ text }) => text)];
}

Deno.test("each name has its own memory, in any case", () => {
  const { users } = device();
  const lena = users.user("lena");
  const maxi = users.user("maxi");
  lena.memory.save(remembered("lena", "l", "hello"));
  maxi.memory.save(remembered("maxi", "m"));
  lena.memory.save(remembered("lena", "l", "hello", "again"));
  assertEquals([loaded(users, "Lena"), loaded(users, "maxi")], [["l", "hello", "again"], ["m"]]);
});

Deno.test("a name that the server has not admitted is not remembered", () => {
  const { users, store } = device();
  assertEquals(users.user("ada").memory.save({ ...remembered("ada"), token: undefined }), true);
  assertEquals([users.remembers("ada"), store.keys()], [false, []]);
});

Deno.test("a user whose server has forgotten them keeps their pending messages", () => {
  const { users } = device();
  const { memory } = users.user("ada");
  memory.save(remembered("ada"));
  memory.save({ ...remembered("ada", undefined, "hello"), token: undefined });
  assertEquals(loaded(users, "ada"), [undefined, "hello"]);
});

Deno.test("the memory follows a renamed user, and the old name is free for others", () => {
  const { users } = device();
  const user = users.user("lena");
  user.memory.save(remembered("lena", "t"));
  user.memory.save(remembered("Helena", "t", "hello"));
  assertEquals([users.remembers("lena"), loaded(users, "helena")], [false, ["t", "hello"]]);
});

Deno.test("a login leaves the guest's memory behind, without the messages that go out from the account", () => {
  const { users } = device();
  const user = users.user("guest");
  user.memory.save(remembered("guest", "g", "hello"));
  user.memory.save(remembered("ada", "a", "hello"));
  assertEquals([loaded(users, "guest"), loaded(users, "ada")], [["g"], ["a", "hello"]]);
});

Deno.test("beyond the limit of users the one who entered least recently is forgotten", () => {
  const { users, store } = device();
  const enter = (name: string) => {
    users.user(name).memory.save(remembered(name));
    store.write(`read ${name}`, 1);
  };
  for (let nth = 0; nth < MAX_DEVICE_USERS; nth++) enter(`user${nth}`);
  enter("user0");
  for (const name of ["one-more", "refused"]) {
    const token = name === "refused" ? undefined : "t";
    users.user(name).memory.save({ ...remembered(name), token });
  }
  assertEquals(["user0", "user1", "user2", "one-more"].map((name) => users.remembers(name)), [true, false, true, true]);
  assertEquals(store.keys().filter((key) => key.startsWith("memory ")).length, MAX_DEVICE_USERS);
  assertEquals(store.keys().includes("read user1"), false);
});

Deno.test("forgetting a user removes all that is stored for the name, and nothing of others", () => {
  const { users, store } = device();
  for (const name of ["lena", "maxi"]) {
    users.user(name).memory.save(remembered(name));
    store.write(`read ${name}`, 1);
  }
  users.forget("Lena");
  assertEquals(store.keys().toSorted(), ["memory maxi", "read maxi"]);
});

Deno.test("what earlier versions stored belongs to its name from then on, also after a page of theirs wrote again", () => {
  const store = new MemoryStore();
  store.write("memory", remembered("Ada", "a", "hello"));
  store.write("read", { server: "s", seqs: [["lobby", 3]] });
  const first = device(store).users;
  assertEquals(loaded(first, "ada"), ["a", "hello"]);
  store.write("memory", remembered("Ada", "a"));
  assertEquals(loaded(device(store).users, "ada"), ["a"]);
  store.write("memory", { ...remembered("refused"), token: undefined });
  device(store);
  assertEquals(store.keys(), ["memory ada"]);
});

Deno.test("two tabs of one member keep each other's pending messages, and drop their own when they are acknowledged", () => {
  const { users } = device();
  const [first, second] = [users.user("ada").memory, users.user("ada").memory];
  first.save(remembered("ada", "t", "one"));
  second.save(remembered("ada", "t", "two"));
  assertEquals(loaded(users, "ada"), ["t", "one", "two"]);
  first.save(remembered("ada", "t", "three"));
  assertEquals(loaded(users, "ada"), ["t", "two", "three"]);
  second.save(remembered("ada", "t"));
  first.save(remembered("ada", "t"));
  assertEquals(loaded(users, "ada"), ["t"]);
});

Deno.test("the pending messages of two tabs stay within the limit, the page's own first", () => {
  const { users } = device();
  const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
  users.user("ada").memory.save(remembered("ada", "t", ...many("a", MAX_PENDING_MESSAGES)));
  users.user("ada").memory.save(remembered("ada", "t", ...many("b", 10)));
  const [, ...texts] = loaded(users, "ada")!;
  assertEquals([texts.length, texts.at(-1), texts[0]], [MAX_PENDING_MESSAGES, "b9", "a10"]);
});

/** The memory after the server has accepted the user's key. */
function keyed(name: string, ...texts: string[]): Remembered {
  return { ...remembered(name, undefined, ...texts), token: undefined, keyed: true };
}

Deno.test("a user whom the server knows by the key is remembered, and the key follows to another name", () => {
  const { users } = device();
  const user = users.user("lena");
  const { keyId } = user;
  user.memory.save(keyed("lena"));
  assertEquals([users.remembers("lena"), users.user("LENA").keyId], [true, keyId]);
  user.memory.save(keyed("Helena"));
  assertEquals([users.remembers("lena"), users.user("helena").keyId], [false, keyId]);
});

Deno.test("a key that takes the place of a token keeps the messages of other tabs", () => {
  const { users } = device();
  const [one, two] = [users.user("ada"), users.user("ada")];
  one.memory.save(remembered("ada", "t", "from one"));
  two.memory.load();
  two.memory.save(remembered("ada", "t", "from two"));
  one.memory.save(keyed("ada", "from one"));
  assertEquals(loaded(users, "ada")?.slice(1).sort(), ["from one", "from two"]);
});

Deno.test("after a login as another member the user has another key, and the earlier member keeps theirs", () => {
  const { users } = device();
  const user = users.user("guest");
  const { keyId } = user;
  user.memory.save(keyed("guest"));
  user.memory.save(remembered("ada", "token of the account"));
  assertEquals([user.keyId === keyId, users.user("guest").keyId], [false, keyId]);
});

Deno.test("a forgotten user's key is removed, for the chat that it was for", () => {
  const forgotten: string[][] = [];
  const users = new DeviceUsers(new MemoryStore(), () => 1, (...key) => forgotten.push(key));
  const user = users.user("ada");
  user.memory.save(keyed("ada"));
  users.forget("ada");
  users.forget("nobody");
  assertEquals(forgotten, [[user.keyId, "s"]]);
});
