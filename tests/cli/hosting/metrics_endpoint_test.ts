import { assertEquals, assertThrows } from "@std/assert";
import { EXIT, Failure } from "../../../src/cli/args/exit_codes.ts";
import { parseMetricsAddress } from "../../../src/cli/hosting/metrics_endpoint.ts";

Deno.test("the address of metrics is a port of this machine, a host, both, or what serve has printed", () => {
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

Deno.test("what is no address of metrics is refused with the forms that are", () => {
  for (const text of ["", ":9464", "host:x", "65536", "host:-1", "a b", "http://host/other"]) {
    const failure = assertThrows(() => parseMetricsAddress(text, 0), Failure, "write it as PORT, HOST:PORT");
    assertEquals(failure.code, EXIT.usage);
  }
  assertThrows(() => parseMetricsAddress("0", 1), Failure, "from 1 to 65535");
});
