import { assert } from "@std/assert";
import { isWithinReach } from "../../../src/protocol/address/reach.ts";

const [PUBLIC, LOOPBACK] = ["203.0.113.1", "127.0.0.1"];

Deno.test("names are allowed, but not those that mean this machine, nor addresses in another notation", () => {
  for (const host of ["chat.example.org", "chat2", "2.chat", "0x.org"]) assert(isWithinReach(host, PUBLIC), host);
  const hostile = [
    "localhost",
    "LOCALHOST.",
    "x.localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0",
    "127.0.0.1.",
  ];
  for (const host of [...hostile, "0X7F.1", "10.1", "\uff11\uff12\uff17.0.0.1", "::127.0.0.1", "::ffff:127.0.0.1"]) {
    assert(!isWithinReach(host, PUBLIC), host);
    assert(isWithinReach(host, LOOPBACK), host);
  }
});
