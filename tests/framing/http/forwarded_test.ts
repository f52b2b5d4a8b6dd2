import { assert, assertEquals } from "@std/assert";
import { type ForwardedClient, forwardedClient, isForwarded } from "../../../src/framing/http/forwarded.ts";
import { isQuick } from "../../helpers/quick.ts";

const PROXIES = ["127.0.0.1", "10.0.0.1", "10.0.0.2", "2001:db8::1"];

function clientBy(headers: Readonly<Record<string, string>>): ForwardedClient {
  return forwardedClient({ headers: new Map(Object.entries(headers)) }, (address) => PROXIES.includes(address));
}

function assertClient(header: "forwarded" | "x-forwarded-for", cases: Readonly<Record<string, string | undefined>>) {
  for (const [value, address] of Object.entries(cases)) assertEquals(clientBy({ [header]: value }), { address }, value);
}

Deno.test("the client is the last untrusted address of X-Forwarded-For from the right", () => {
  assertClient("x-forwarded-for", {
    "203.0.113.5": "203.0.113.5",
    "198.51.100.9, 203.0.113.5": "203.0.113.5",
    "198.51.100.9,203.0.113.5 , 10.0.0.2,10.0.0.1": "203.0.113.5",
    "198.51.100.9, nonsense, 203.0.113.5": "203.0.113.5",
    "127.0.0.1, 203.0.113.5": "203.0.113.5",
  });
});

Deno.test("ports and brackets are left out, and IPv4 that is mapped to IPv6 is IPv4", () => {
  assertClient("x-forwarded-for", {
    "203.0.113.5:49152": "203.0.113.5",
    "2001:DB8:0::5": "2001:db8::5",
    "[2001:db8::5]": "2001:db8::5",
    "[2001:db8::5]:49152": "2001:db8::5",
    "203.0.113.5, 2001:db8:0::1": "203.0.113.5",
    "::ffff:203.0.113.5": "203.0.113.5",
    "203.0.113.5, ::ffff:10.0.0.1": "203.0.113.5",
  });
});

Deno.test("a proxy's client that is not known leaves the proxy, and one inside the trusted network is the leftmost", () => {
  assertClient("x-forwarded-for", {
    "203.0.113.5, unknown": undefined,
    "203.0.113.5, unix:": undefined,
    "203.0.113.5, 999.0.0.1": undefined,
    "203.0.113.5, 10.0.0.0/8": undefined,
    "203.0.113.5,": undefined,
    "203.0.113.5, unknown, 10.0.0.2": "10.0.0.2",
    "10.0.0.2, 10.0.0.1": "10.0.0.2",
    "": undefined,
    " ": undefined,
  });
});

Deno.test("Forwarded names the client by the same rule", () => {
  assertClient("forwarded", {
    "for=203.0.113.5": "203.0.113.5",
    "For=203.0.113.5;proto=https;by=10.0.0.1": "203.0.113.5",
    'proto=https; FOR="203.0.113.5:49152"': "203.0.113.5",
    'for="[2001:db8::5]:49152"': "2001:db8::5",
    'for="[2001:db8::5]", for="[2001:db8::1]"': "2001:db8::5",
    "for=198.51.100.9, for=203.0.113.5;host=chat.example.org,for=10.0.0.1": "203.0.113.5",
    "for=203.0.113.5, for=_hidden": undefined,
    "for=203.0.113.5, for=unknown, for=10.0.0.1": "10.0.0.1",
    "for=203.0.113.5, proto=https": undefined,
    'for="203.0.113\\.5"': "203.0.113.5",
    'by="a, for=198.51.100.9"; for=203.0.113.5': "203.0.113.5",
    "for=203.0.113.5,": "203.0.113.5",
    ";;": undefined,
    "": undefined,
  });
});

Deno.test("a malformed Forwarded is an error, since the quotes of a client could hide what the proxy added", () => {
  for (
    const value of ['for="198.51.100.9, for=203.0.113.5', "for=a b", "for", "for=1;for=2", "for=[::1]", "=,", "é=1"]
  ) {
    assertEquals(clientBy({ forwarded: value }), { error: "Forwarded is malformed" }, value);
  }
});

Deno.test("both headers must name the same client, since a proxy may pass on the other one as the client sent it", () => {
  const agreed = { "forwarded": 'for="203.0.113.5:1"', "x-forwarded-for": "198.51.100.9, 203.0.113.5" };
  assertEquals(clientBy(agreed), { address: "203.0.113.5" });
  for (const forged of ["for=198.51.100.9", "for=127.0.0.1", "for=unknown"]) {
    const error = "Forwarded and X-Forwarded-For name different clients";
    assertEquals(clientBy({ "forwarded": forged, "x-forwarded-for": "203.0.113.5" }), { error });
  }
});

Deno.test("a header full of blanks, quotes or separators takes a time that grows with its length only", () => {
  for (const filler of [" ", ";", ",", "\\", '"', ":", "a"]) {
    const value = `for=1${filler.repeat(16_000)}x`;
    for (const header of ["forwarded", "x-forwarded-for"]) {
      assert(isQuick(100, () => clientBy({ [header]: value })), filler);
    }
  }
});

Deno.test("a request is forwarded if it has either header", () => {
  const has = (name: string) => isForwarded({ headers: new Map([[name, ""]]) });
  assertEquals(["forwarded", "x-forwarded-for", "x-real-ip"].map(has), [true, true, false]);
});
