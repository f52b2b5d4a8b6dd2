import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  DRAIN_TIMEOUT_MS,
  FIRST_BYTES_WAIT_MS,
  LINGER_MS,
  TLS_HANDSHAKE_TIMEOUT_MS,
} from "../../src/protocol/limits.ts";
import type { MemoryConnection } from "../helpers/memory_connection.ts";
import { type Guest, Stage } from "./stage.ts";

/** A listener's connection whose handshake is pending until a close. */
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

Deno.test("a client in the handshake is not greeted as a user, and is greeted after it", async () => {
  await using stage = new Stage();
  const { guest, handshake } = new Shaken(stage);
  await stage.listener.deserted();
  stage.timers.advance(TLS_HANDSHAKE_TIMEOUT_MS - 1);
  handshake.resolve();
  // Once another client has joined, the server knows of it.
  (await stage.join("ada")).hangUp();
  stage.timers.advance(FIRST_BYTES_WAIT_MS);
  assertStringIncludes(await guest.line() ?? "", "Welcome to test");
});

Deno.test("a handshake that takes too long or fails is closed, and delays no other client", async () => {
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

Deno.test("a full or draining server does not wait for handshakes", async () => {
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
