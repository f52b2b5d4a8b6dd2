import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  DRAIN_TIMEOUT_MS,
  FIRST_BYTES_WAIT_MS,
  LINGER_MS,
  TLS_HANDSHAKE_TIMEOUT_MS,
} from "../../src/protocol/limits.ts";
import type { MemoryConnection } from "../helpers/memory_connection.ts";
import { type Guest, Stage } from "./stage.ts";

/** A listener's connection that waits for its handshake, which a close ends. */
class Shaken {
  readonly guest: Guest;
  readonly handshake = Promise.withResolvers<void>();

  constructor(stage: Stage) {
    this.guest = stage.dial();
    const there: MemoryConnection & { handshake?(): Promise<void> } = this.guest.there;
    there.handshake = () => this.handshake.promise;
    const close = there.close.bind(there);
    there.close = () => {
      close();
      this.handshake.reject(new Error("Closed"));
    };
  }
}

Deno.test("who is still at the handshake is not taken for a person, and is greeted behind it", async () => {
  await using stage = new Stage();
  const { guest, handshake } = new Shaken(stage);
  await stage.listener.deserted();
  stage.timers.advance(TLS_HANDSHAKE_TIMEOUT_MS - 1);
  handshake.resolve();
  // By the time that somebody else is in, the server knows of it.
  (await stage.join("ada")).hangUp();
  stage.timers.advance(FIRST_BYTES_WAIT_MS);
  assertStringIncludes(await guest.line() ?? "", "Welcome to test");
});

Deno.test("a handshake that comes to no end in time is cut off, and one that fails is, too; neither holds anybody up", async () => {
  await using stage = new Stage();
  const slow = new Shaken(stage);
  const failing = new Shaken(stage);
  const ada = await stage.join("ada");
  failing.handshake.reject(new Error("No TLS"));
  assertEquals(await failing.guest.rest(), []);
  assertEquals(slow.guest.there.closed, false);
  stage.timers.advance(TLS_HANDSHAKE_TIMEOUT_MS);
  assertEquals(await slow.guest.rest(), []);
  assertEquals(await ada.events(), []);
});

Deno.test("a server that is full, or drains, waits for nobody's handshake", async () => {
  await using stage = new Stage({ maxConnections: 1 });
  const first = new Shaken(stage);
  const second = new Shaken(stage);
  await stage.listener.deserted();
  stage.timers.advance(LINGER_MS);
  assertEquals(second.guest.there.closed, true);
  assertEquals(first.guest.there.closed, false);
  const drained = stage.server.drain();
  stage.timers.advance(DRAIN_TIMEOUT_MS);
  await drained;
});
