import { assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { differences, differencesFrom, type Lock, REQUESTS } from "./packages.ts";

async function read(name: string): Promise<Lock> {
  return JSON.parse(await Deno.readTextFile(new URL(name, import.meta.url))) as Lock;
}

for (const name of Object.keys(REQUESTS)) {
  Deno.test(`npm serves the packages of ${name} with the committed versions and checksums`, async () => {
    assertEquals(await differencesFrom(name), []);
  });
}

Deno.test("each committed package has a checksum, and none comes from JSR", async () => {
  for (const name of Object.keys(REQUESTS)) {
    const lock = await read(name);
    assertEquals(Object.keys(lock).sort(), ["npm", "specifiers", "version", "workspace"]);
    for (const { integrity } of Object.values(lock.npm)) assertEquals(integrity?.startsWith("sha512-"), true);
    assertEquals(Object.keys(lock.specifiers).filter((request) => !request.startsWith("npm:")), []);
  }
});

Deno.test("the program has no packages of the tests, and the tests have all packages of the program", async () => {
  const [run, test] = [await read("npm-run.lock"), await read("npm-test.lock")];
  const tested = Object.values(config.scopes["./tests/"]);
  assertEquals(Object.keys(run.specifiers).filter((request) => tested.includes(request)), []);
  for (const [name, found] of Object.entries(run.npm)) assertEquals(test.npm[name], found);
});

Deno.test("a difference names the package, the expected and the actual version", () => {
  const committed = {
    specifiers: {},
    npm: { "a@1.0.0": { integrity: "sha512-A" }, "b@1.0.0": { integrity: "sha512-B" }, "c@1.0.0": {} },
    workspace: ["npm:b@1.0.0"],
  };
  const found = {
    specifiers: {},
    npm: {
      "a@1.0.0": { integrity: "sha512-X" },
      "b@1.0.1": { integrity: "sha512-B" },
      "c@1.0.0": { dependencies: ["d"] },
    },
    workspace: ["npm:b@1.0.1"],
  };
  assertEquals(differences(committed, found), [
    "a@1.0.0 has the checksum sha512-X: expected sha512-A",
    "b@1.0.0 is not needed: Deno does not install it",
    "c@1.0.0 has other dependencies",
    "b@1.0.1 is missing: Deno installs it",
    "deno.json imports other packages",
  ]);
  assertEquals(differences(committed, committed), []);
});
