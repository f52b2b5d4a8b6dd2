/** Runs the tests of the server once more, with ops that are applied later and come back from JSON, as in a cluster. */

import { withDelay } from "./stage.ts";

const FILES = [
  "busy_server_test.ts",
  "server_handshake_test.ts",
  "server_moderation_test.ts",
  "server_people_test.ts",
  "server_shutdown_test.ts",
  "server_store_test.ts",
  "server_test.ts",
  "server_web_test.ts",
];

const register = Deno.test;
Object.assign(Deno, {
  test: (name: string, test: () => void | Promise<void>) =>
    register(`${name}, on a delayed order`, () => withDelay(test)),
});
for (const file of FILES) await import(`./${file}?delayed`);
Object.assign(Deno, { test: register });
