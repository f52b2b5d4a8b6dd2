import { assertEquals } from "@std/assert";
import { FileReserve } from "../../src/transports/descriptor_reserve.ts";

Deno.test({
  name: "a reserve is held until it is released, and can be taken again",
  ignore: Deno.build.os === "windows",
  fn() {
    const reserve = new FileReserve(3);
    assertEquals(reserve.release(), false);
    assertEquals([reserve.take(), reserve.take(), reserve.release(), reserve.release()], [true, true, true, false]);
    assertEquals([reserve.take(), reserve.release()], [true, true]);
  },
});

Deno.test({
  name: "without the permission to read there is no reserve, and no descriptor stays open",
  permissions: { read: false },
  ignore: Deno.build.os === "windows",
  fn() {
    const reserve = new FileReserve(3);
    assertEquals([reserve.take(), reserve.release()], [false, false]);
  },
});

Deno.test("an empty reserve, as on Windows, is always held and releases nothing", () => {
  const reserve = new FileReserve(0);
  assertEquals([reserve.take(), reserve.release()], [true, false]);
});
