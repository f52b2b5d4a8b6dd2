import { assertEquals, assertThrows } from "@std/assert";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { parseMetricsAddress } from "../../../src/cli/hosting/metrics_endpoint.ts";

Deno.test("a metrics address is a port, a host, both, or the URL that serve printed", () => {
  const addresses: [string, string, number][] = [
    ["9000", "127.0.0.1", 9000],
    ["0", "127.0.0.1", 0],
    ["0.0.0.0:0", "0.0.0.0", 0],
    ["localhost", "localhost", 9464],
    ["[::1]:9000", "::1", 9000],
    ["::1", "::1", 9464],
    ["http://127.0.0.1:9000/metrics", "127.0.0.1", 9000],
    ["http://[::]:9000/", "::", 9000],
  ];
  for (const [text, host, port] of addresses) assertEquals(parseMetricsAddress(text, 0), { host, port }, text);
});

Deno.test("an invalid metrics address fails with the valid forms", () => {
  for (const text of ["", ":9464", "host:x", "65536", "host:-1", "a b", "http://host/other"]) {
    const failure = assertThrows(() => parseMetricsAddress(text, 0), Failure, "write it as PORT, HOST:PORT");
    assertEquals(failure.code, EXIT.usage);
  }
  assertThrows(() => parseMetricsAddress("0", 1), Failure, "from 1 to 65535");
});
