import { assert, assertEquals } from "@std/assert";
import { acceptedCodings, type ContentCoding } from "../../../src/framing/http/content_codings.ts";
import { isQuick } from "../../helpers/quick.ts";

const OFFERED: readonly ContentCoding[] = ["br", "gzip", "identity"];

Deno.test("codings are chosen by the client's weights, and among equals the smallest form comes first", () => {
  const cases: [header: string | undefined, accepted: string][] = [
    [undefined, "identity"],
    ["", "identity"],
    [" ", "identity"],
    ["gzip, deflate, br, zstd", "br gzip identity"],
    ["gzip, deflate", "gzip identity"],
    ["GZIP, X-Custom", "gzip identity"],
    ["x-gzip", "gzip identity"],
    ["*", "br gzip identity"],
    ["gzip;q=1.0, *;q=0.5", "gzip br identity"],
    ["gzip ; q=0.5 , br\t;\tq=0.51", "br gzip identity"],
    ["br;q=0.5, gzip;q=0.8", "gzip br identity"],
    ["identity, gzip;q=0.5", "identity gzip"],
    ["identity;q=0.5, gzip;q=0.5", "gzip identity"],
    ["identity;q=0.001, gzip;q=1", "gzip identity"],
    ["gzip;q=0", "identity"],
    ["gzip;q=0.000, br", "br identity"],
    ["*;q=0, br", "br"],
    ["identity;q=0, gzip", "gzip"],
    ["identity;q=0, *", "br gzip"],
    ["identity;q=0", ""],
    ["*;q=0", ""],
    ["*;q=0, identity;q=0.1", "identity"],
  ];
  for (const [header, accepted] of cases) assertEquals(acceptedCodings(header, OFFERED).join(" "), accepted, header);
});

Deno.test("malformed members of Accept-Encoding count as absent", () => {
  for (
    const member of ["br;q=2", "br;q=1.001", "br;q=-1", "br;q=0.1234", "br;q=", "br;level=3", "b r", ";q=1", "br;;q=1"]
  ) {
    assertEquals(acceptedCodings(`${member}, gzip`, OFFERED), ["gzip", "identity"], member);
  }
  assertEquals(acceptedCodings(",,gzip,", OFFERED), ["gzip", "identity"]);
});

Deno.test("a header as long as a request's head is read in no time", () => {
  const headers = ["gzip,".repeat(3_000), "q=".repeat(8_000), " ".repeat(16_000), `br;${" ".repeat(16_000)}x`];
  for (const header of headers) assert(isQuick(50, () => acceptedCodings(header, OFFERED)), header.slice(0, 8));
});
