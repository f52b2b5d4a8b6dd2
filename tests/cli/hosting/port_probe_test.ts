import { assertEquals } from "@std/assert";
import { hiddenOccupantOf, occupantOf } from "../../../src/cli/hosting/port_probe.ts";

/** Listens on a free port of the host while the body runs. */
async function listening(hostname: string, body: (port: number) => Promise<void>): Promise<void> {
  using listener = Deno.listen({ hostname, port: 0 });
  await body((listener.addr as Deno.NetAddr).port);
}

Deno.test("a program on one address is found by a server for all addresses", async () => {
  await listening("127.0.0.1", async (port) => {
    assertEquals(await occupantOf({ host: "0.0.0.0", port }), `127.0.0.1:${port}`);
  });
});

Deno.test("a program on all addresses is found by a server for one address", async () => {
  await listening("0.0.0.0", async (port) => {
    assertEquals(await occupantOf({ host: "127.0.0.1", port }), `127.0.0.1:${port}`);
  });
});

Deno.test("a free port, and a port that the system chooses, have no occupant", async () => {
  let freed = 0;
  await listening("127.0.0.1", (port) => {
    freed = port;
    return Promise.resolve();
  });
  for (const host of ["127.0.0.1", "0.0.0.0"]) {
    assertEquals([await occupantOf({ host, port: freed }), await occupantOf({ host, port: 0 })], [
      undefined,
      undefined,
    ]);
  }
});

Deno.test({
  name: "only Windows hides an occupant, so other systems are not asked",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await listening("127.0.0.1", async (port) => {
      assertEquals(await hiddenOccupantOf({ host: "127.0.0.1", port }), undefined);
    });
  },
});
