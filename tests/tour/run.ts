// Records `.github/tour.svg` for README.md: deno task record [FILE]
// It types the scenes into the program in real terminals (tmux), with a server on port 5050, and films them.
// CONFAB_E2E_BINARY=$PWD/confab films the executable instead of the checkout.

import { removeFolders } from "../helpers/e2e_home.ts";
import { drawRecording } from "./svg_frames.ts";
import { Film } from "./film.ts";
import type { Recording, SceneText } from "./recorder.ts";
import { type Scene, SCENES, STILL } from "./scenes.ts";
import { DEFAULT_PORT, Stage } from "./stage.ts";

const TITLE = "A tour of Confab in four terminals";

async function record(): Promise<Recording> {
  const film = new Film();
  await using stage = await Stage.open(DEFAULT_PORT, film);
  for (const desk of stage.all) await film.add(desk);
  const scenes: SceneText[] = [];
  let stillAt = 0;
  for (const scene of SCENES) {
    scenes.push(await filmScene(film, stage, scene));
    if (scene.name === STILL) stillAt = film.now - 1;
  }
  const tracks = stage.all.map((desk) => ({ ...desk.options, moments: film.momentsOf(desk) }));
  return { lengthMs: film.now, captions: film.captions, tracks, stillAt, scenes };
}

async function filmScene(film: Film, stage: Stage, { name, caption, play }: Scene): Promise<SceneText> {
  film.caption(caption);
  await play(stage);
  await film.rest(0);
  return { name, screens: await stage.texts() };
}

function describe({ captions }: Recording): string {
  return `The scenes, one after the other: ${captions.map(({ shown }) => shown).join(" ")}`;
}

const file = Deno.args[0] ?? `${import.meta.dirname}/../../.github/tour.svg`;
try {
  const recording = await record();
  const svg = drawRecording(recording, { title: TITLE, description: describe(recording) });
  await Deno.writeTextFile(file, svg);
  console.log(`${file}: ${Math.round(recording.lengthMs / 1000)} s, ${Math.round(svg.length / 1000)} kB`);
} finally {
  removeFolders();
}
