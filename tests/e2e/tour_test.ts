import { assertEquals } from "@std/assert";
import { HAS_NC, HAS_TMUX } from "../helpers/e2e.ts";
import { poll } from "../helpers/process_lines.ts";
import { scenesOf } from "../tour/svg_frames.ts";
import { SCENES } from "../tour/scenes.ts";
import { Stage } from "../tour/stage.ts";

const RECORDING = new URL("../../.github/tour.svg", import.meta.url);
const STALE = "The tour in README.md differs from the program: record it again with `deno task record`";

Deno.test({
  name: "the tour in README.md shows what the program shows (needs tmux and OpenBSD's nc)",
  ignore: !HAS_TMUX || !HAS_NC,
  async fn() {
    const recorded = scenesOf(await Deno.readTextFile(RECORDING));
    assertEquals(SCENES.map(({ name }) => name), recorded.map(({ name }) => name), STALE);
    await using stage = await Stage.open(freePort());
    for (const [index, { name, play }] of SCENES.entries()) {
      await play(stage);
      await untilShown(stage, recorded[index]!.screens, name);
    }
  },
});

/** Allows messages in flight to arrive, and no others. */
async function untilShown(stage: Stage, screens: Readonly<Record<string, string>>, scene: string): Promise<void> {
  let texts: Readonly<Record<string, string>> = {};
  const expected = JSON.stringify(screens);
  const shown = poll(async () => {
    texts = await stage.texts();
    return JSON.stringify(texts) === expected;
  }, () => `scene ${scene}`);
  await shown.catch(() => assertEquals(texts, screens, `Scene ${scene}: ${STALE}`));
}

/** A port for the tour's server, which stops and restarts on it. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
