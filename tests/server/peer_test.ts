import { assert, assertEquals } from "@std/assert";
import { TURN_FRAMES_PER_CONNECTION } from "../../src/protocol/limits.ts";
import { Stage } from "./stage.ts";

Deno.test("whoever sends 20,000 bad lines at once leaves the others their turns in between", async () => {
  await using stage = new Stage();
  const ada = await stage.join("ada");
  const flooder = await stage.join("flooder");
  await ada.events();
  let refused = 0;
  const counted = (async () => {
    while (refused < 20_000) if ((await flooder.event()).type === "error") refused++;
  })();
  await flooder.write("{}\n".repeat(20_000));
  for (let ping = 0; ping < 10; ping++) await ada.events();
  assert(refused <= 20 * TURN_FRAMES_PER_CONNECTION, `${refused} lines were answered before ada was`);
  await counted;
  assertEquals(refused, 20_000);
});
