import { systemClock } from "../../../client/clock.ts";
import { DeviceError } from "../../../client/calls/call_ports.ts";
import { JpegStream } from "../../../pictures/jpeg_stream.ts";
import { videoDisplay } from "../../../terminal/calls/call_screen.ts";
import { runMirror } from "../../../terminal/mirror/mirror_app.ts";
import { createPalette } from "../../../terminal/render/palette.ts";
import { DenoTerminal } from "../../../terminal/screen/deno_terminal.ts";
import type { Arguments, CommandSpec } from "../../args/arguments.ts";
import { CAMERA_OPTION } from "../../args/call_options.ts";
import { EXIT, type ExitCode, Failure } from "../../args/exit_codes.ts";
import { chosenCamera } from "../../camera/camera_choice.ts";
import { garbageCollection } from "../../platform/garbage_collection.ts";
import { pictureDisplay } from "../../platform/picture_display.ts";
import { onHangup } from "../../platform/process_signals.ts";
import { readVariable } from "../../platform/program.ts";
import { isAtTerminal } from "../../platform/user_terminal.ts";
import { mirrorRights } from "../command_rights.ts";

export const MIRROR: CommandSpec = {
  name: "mirror",
  operands: "",
  maxOperands: 0,
  summary: "Shows your own camera in the terminal, without a server",
  options: [
    CAMERA_OPTION,
    { name: "test", help: "Shows a moving test picture: no camera and no ffmpeg are needed" },
  ],
  examples: [
    { line: "mirror", what: "shows the first camera of this machine" },
    { line: "mirror --test", what: "tests how the terminal shows pictures" },
    { line: "mirror --camera holiday.mp4", what: "shows a video" },
  ],
  startsPrograms: true,
  rights: mirrorRights,
  run: mirror,
};

async function mirror(args: Arguments): Promise<ExitCode> {
  if (!isAtTerminal()) throw new Failure(EXIT.usage, "mirror draws in a terminal: run it in one, without < and >");
  const word = args.flag("test") ? "test" : args.text("camera");
  const camera = chosenCamera(word, systemClock);
  if (camera === undefined) {
    throw new Failure(EXIT.usage, "mirror needs a camera: name one, or a file, in place of none");
  }
  const hasColor = (readVariable("NO_COLOR") ?? "") === "";
  using stream = new JpegStream(systemClock);
  try {
    await runMirror({
      camera,
      name: word === "test" ? "test picture" : "you",
      stream,
      display: videoDisplay(hasColor ? pictureDisplay(readVariable) : undefined),
      palette: createPalette(hasColor),
      terminal: new DenoTerminal(onHangup),
      clock: systemClock,
      collect: garbageCollection(),
    });
  } catch (error) {
    if (error instanceof DeviceError) throw new Failure(EXIT.noDevice, error.message, { cause: error });
    throw error;
  }
  return EXIT.fine;
}
