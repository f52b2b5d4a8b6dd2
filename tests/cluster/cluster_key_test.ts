import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { checkClusterName, ClusterKeyError, makeClusterKey, parseClusterKey } from "../../src/cluster/cluster_key.ts";

Deno.test("a new key file is one line of 43 characters, another one each time", () => {
  const text = makeClusterKey();
  assertEquals(/^[\w-]{43}\n$/.test(text), true);
  assertNotEquals(makeClusterKey(), text);
  assertEquals(parseClusterKey(text, "cluster.key").length, 32);
});

Deno.test("a key file keeps its key, whatever an editor did to its ends", () => {
  const text = makeClusterKey((bytes) => bytes.fill(200));
  const key = new Uint8Array(32).fill(200);
  for (const written of [text, text.trim(), `\ufeff${text}`, ` ${text.trim()} \r\n\r\n`]) {
    assertEquals(parseClusterKey(written, "cluster.key"), key);
  }
});

Deno.test("a key file without a valid key says what is wrong and what to do", () => {
  const line = makeClusterKey().trim();
  const next = "copy the key file of another server of this cluster";
  const faults: [string, string][] = [
    ["", "is empty"],
    ["\r\n \n", "is empty"],
    [`${line}\n${line}\n`, "has 2 lines, not one"],
    [line.slice(1), "has no key of 43 characters in base64url"],
    [`${line}=`, "has no key of 43 characters in base64url"],
    [`+${line.slice(1)}`, "has no key of 43 characters in base64url"],
    [`${"A".repeat(42)}B`, "has no key of 43 characters in base64url"],
    ["x".repeat(1_000_000), "has no key of 43 characters in base64url"],
  ];
  for (const [text, fault] of faults) {
    const error = assertThrows(() => parseClusterKey(text, "/etc/confab/cluster.key"), ClusterKeyError);
    assertEquals(error.message, `The key file /etc/confab/cluster.key ${fault}: ${next}`);
  }
});

Deno.test("a cluster's name has 1 to 32 lower-case letters, digits and hyphens", () => {
  for (const name of ["a", "chat", "chat-2", "9", "x".repeat(32)]) checkClusterName(name);
  for (const name of ["", "-a", "Chat", "a/b", "a b", "ä", "a\n", "x".repeat(33)]) {
    const error = assertThrows(() => checkClusterName(name), ClusterKeyError);
    assertEquals(
      error.message,
      `${JSON.stringify(name)} is not a cluster name: use 1 to 32 lower-case letters, digits and hyphens`,
    );
  }
});
