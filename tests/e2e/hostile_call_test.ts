/** A hostile member in a call of terminals. */

import { assert, assertEquals } from "@std/assert";
import { MediaClient } from "../attacks/callers.ts";
import { Wire } from "../attacks/wire.ts";
import { tilePicture } from "../helpers/call_tiles.ts";
import { HAS_TMUX, serve } from "../helpers/e2e.ts";
import { poll } from "../helpers/process_lines.ts";
import { smallPicture } from "../helpers/small_pictures.ts";
import { unwrapped } from "../helpers/terminal_chat.ts";
import { run } from "../helpers/process.ts";
import { Tmux } from "../helpers/tmux.ts";
import { pictureSize } from "../../src/protocol/files/picture_size.ts";
import { MAX_VIDEO_BYTES } from "../../src/protocol/limits.ts";

const SIZE = { columns: 100, rows: 30 };
const ROUNDS = 20;
/** A picture of as many pixels as a JPEG file can say needs gigabytes. */
const MOST_GROWN_KB = 300 * 1024;

async function join(address: string, name: string): Promise<Tmux> {
  const terminal = await Tmux.open(SIZE);
  const options = "--camera test --microphone none --speaker none";
  await terminal.enter(`COLORTERM=truecolor confab connect ${address} --name ${name} ${options}`);
  await terminal.until((screen) => unwrapped(screen).includes("Ctrl-D quits"));
  return terminal;
}

/** Pictures of another size than said, cut, of another kind, empty of sense, and bombs. */
function hostilePictures() {
  const jpeg = smallPicture("image/jpeg");
  const size = pictureSize(jpeg)!;
  const frame = jpeg.findIndex((byte, at) => byte === 0xff && [0xc0, 0xc2].includes(jpeg[at + 1]!));
  const bomb = jpeg.slice();
  bomb.fill(0xff, frame + 5, frame + 9);
  return [
    { ...size, jpeg: bomb },
    { width: 640, height: 360, jpeg: bomb },
    { ...size, width: size.width + 1, jpeg },
    { ...size, jpeg: jpeg.slice(0, jpeg.length / 2) },
    { ...size, jpeg: smallPicture("image/png") },
    { ...size, jpeg: new Uint8Array(MAX_VIDEO_BYTES).fill(0xff) },
  ];
}

/** Eve enters the call that ada begins. */
async function enter(eve: Wire, address: string): Promise<MediaClient> {
  const { id } = await eve.until(({ type }) => type === "call");
  await eve.send({ type: "answer", call: id });
  const { call, token } = await eve.until(({ type, token }) => type === "media" && token !== undefined);
  void eve.drain();
  return await MediaClient.open(address, String(call), String(token));
}

async function peakKb(terminal: Tmux): Promise<number> {
  // Deno reads /proc only with all permissions.
  const { stdout } = await run("grep", { args: ["VmHWM", `/proc/${await terminal.programId()}/status`] });
  return Number(/(\d+) kB/.exec(stdout)![1]);
}

Deno.test({
  name: "a hostile member's pictures are not drawn and cost a terminal little, and the others' go on (needs tmux)",
  ignore: !HAS_TMUX || Deno.build.os !== "linux",
  async fn() {
    await using server = await serve();
    await using ada = await join(server.address, "ada");
    await using bob = await join(server.address, "bob");
    using eve = await Wire.dial(server.address);
    await eve.send({ type: "join", room: "lobby", name: "eve" });
    await eve.until(({ type }) => type === "joined");
    await ada.enter("/call");
    using media = await enter(eve, server.address);
    await bob.until("ada is calling you");
    await bob.enter("/answer");
    const sees = async (member: string) => tilePicture(await bob.colors(), member, SIZE.columns) !== undefined;
    await poll(() => sees("ada"), () => "ada's picture");
    const before = await peakKb(bob);
    media.send({ kind: "state", stream: 0, time: 0, camera: true, microphone: true });
    const pictures = hostilePictures();
    for (let time = 1; time <= ROUNDS * pictures.length; time++) {
      media.send({ kind: "sound", stream: 0, time, packet: Uint8Array.of(0xff, 0xff, 0xff) });
      await media.pass({ kind: "video", stream: 0, time, ...pictures[time % pictures.length]! });
    }
    await ada.enter("are you still there?");
    await bob.until("ada: are you still there?");
    await ada.enter("/camera off");
    await bob.until(/ada \(muted, no camera\)/);
    await ada.enter("/camera on");
    await poll(() => sees("ada"), () => "ada's picture again");
    assertEquals(await sees("eve"), false);
    const grown = await peakKb(bob) - before;
    assert(grown < MOST_GROWN_KB, `${grown} KiB`);
    await bob.enter("/hangup");
    await ada.until("bob has left the call");
  },
});
