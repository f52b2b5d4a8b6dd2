import { assertEquals } from "@std/assert";
import { HAS_TMUX } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { poll } from "../helpers/process_lines.ts";
import { Tmux } from "../helpers/tmux.ts";
import { WIDTH_SAMPLES } from "../terminal/width_samples.ts";

/** Returns the width of each text in columns, as tmux draws it. */
async function measured(texts: readonly string[]): Promise<number[]> {
  const folder = newFolder();
  const [given, found] = [`${folder}/texts.json`, `${folder}/widths.json`];
  await Deno.writeTextFile(given, JSON.stringify(texts));
  await using terminal = await Tmux.open({ columns: 80, rows: 5 });
  const script = `${import.meta.dirname}/../helpers/measure_widths.ts`;
  await terminal.enter(`${Deno.execPath()} run --no-config --allow-read --allow-write ${script} ${given} ${found}`);
  let widths: number[] | undefined;
  await poll(async () => {
    widths = await Deno.readTextFile(found).then(JSON.parse, () => undefined);
    return widths !== undefined;
  }, () => "the widths that tmux shows");
  return widths!;
}

Deno.test({
  name: "tmux draws texts as wide as we count them, except for the known differences (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    const widths = await measured(WIDTH_SAMPLES.map(({ text }) => text));
    const different = WIDTH_SAMPLES.map((sample, index) => ({ ...sample, tmux: widths[index]! }))
      .filter(({ dispute, width, tmux }) => dispute === undefined && width !== tmux);
    assertEquals(different, []);
  },
});
