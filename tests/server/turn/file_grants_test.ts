import { assertEquals } from "@std/assert";
import { GRANT_MS, MAX_GRANTS_PER_MEMBER } from "../../../src/protocol/limits.ts";
import { FileGrants } from "../../../src/server/turn/file_grants.ts";

const grantOf = (memberId: string, fileId = "f", now = 0) => ({ memberId, fileId, until: now + GRANT_MS });

Deno.test("a grant serves one file until its time is over", () => {
  const grants = new FileGrants();
  const secret = grants.add(grantOf("ada"));
  assertEquals(grants.find("f", secret, GRANT_MS - 1)?.memberId, "ada");
  assertEquals([grants.find("g", secret, 0), grants.find("f", `${secret}x`, 0)], [undefined, undefined]);
  grants.expire(GRANT_MS - 1);
  assertEquals(grants.find("f", secret, 0)?.memberId, "ada");
  assertEquals(grants.find("f", secret, GRANT_MS), undefined);
  grants.expire(GRANT_MS);
  assertEquals(grants.find("f", secret, 0), undefined);
});

Deno.test("one member's newest grants are valid, and those of others stay", () => {
  const grants = new FileGrants();
  const other = grants.add(grantOf("bob"));
  const secrets = Array.from({ length: MAX_GRANTS_PER_MEMBER + 2 }, () => grants.add(grantOf("ada")));
  const isValid = (secret: string) => grants.find("f", secret, 0) !== undefined;
  assertEquals(secrets.map(isValid).indexOf(true), 2);
  assertEquals([secrets.filter(isValid).length, isValid(other)], [MAX_GRANTS_PER_MEMBER, true]);
});
