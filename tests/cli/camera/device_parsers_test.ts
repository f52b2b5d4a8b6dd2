import { assertEquals } from "@std/assert";
import { linuxCameras } from "../../../src/cli/camera/attached_devices.ts";
import { parseAvFoundation, parseDirectShow, parseVideo4Linux } from "../../../src/cli/camera/device_parsers.ts";
import { WINDOWS } from "../../helpers/e2e.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

/** ffmpeg 3.4 on macOS, from a report of a user. */
const OLD_MAC = `[AVFoundation input device @ 0x7ff80b497440] AVFoundation video devices:
[AVFoundation input device @ 0x7ff80b497440] [0] CamTwist
[AVFoundation input device @ 0x7ff80b497440] [1] Built-in iSight
[AVFoundation input device @ 0x7ff80b497440] [2] CamTwist (2VUY)
[AVFoundation input device @ 0x7ff80b497440] [3] Capture screen 0
[AVFoundation input device @ 0x7ff80b497440] AVFoundation audio devices:
[AVFoundation input device @ 0x7ff80b497440] [0] Soundflower (64ch)
[AVFoundation input device @ 0x7ff80b497440] [1] Built-in Microphone
: Input/output error`;

/** The form since ffmpeg 4.4. */
const NEW_MAC = `[AVFoundation indev @ 0x7fb1a3f04ac0] AVFoundation video devices:
[AVFoundation indev @ 0x7fb1a3f04ac0] [0] FaceTime HD Camera
[AVFoundation indev @ 0x7fb1a3f04ac0] [1] Capture screen 0
[AVFoundation indev @ 0x7fb1a3f04ac0] AVFoundation audio devices:
[AVFoundation indev @ 0x7fb1a3f04ac0] [0] MacBook Pro Microphone
[in#0 @ 0x7fb1a3f04780] Error opening input: Input/output error
Error opening input file .`;

Deno.test("devices of macOS are read from the output of ffmpeg, without screens", () => {
  assertEquals(parseAvFoundation(OLD_MAC), {
    cameras: [{ id: "0", name: "CamTwist" }, { id: "1", name: "Built-in iSight" }, {
      id: "2",
      name: "CamTwist (2VUY)",
    }],
    microphones: [{ id: "0", name: "Soundflower (64ch)" }, { id: "1", name: "Built-in Microphone" }],
  });
  assertEquals(parseAvFoundation(NEW_MAC), {
    cameras: [{ id: "0", name: "FaceTime HD Camera" }],
    microphones: [{ id: "0", name: "MacBook Pro Microphone" }],
  });
});

/** ffmpeg 3.2 on Windows, from a page of a user. */
const OLD_WINDOWS = String
  .raw`[dshow @ 00000000001c23c0] DirectShow video devices (some may be both video and audio devices)
[dshow @ 00000000001c23c0]  "Integrated Webcam"
[dshow @ 00000000001c23c0]     Alternative name "@device_pnp_\\?\usb#vid_0c45&pid_6448&mi_00#7&2645f9e4&0&0000#{65e8773d}\global"
[dshow @ 00000000001c23c0]  "screen-capture-recorder"
[dshow @ 00000000001c23c0]     Alternative name "@device_sw_{860BB310-5D01-11D0-BD3B-00A0C911CE86}"
[dshow @ 00000000001c23c0] DirectShow audio devices
[dshow @ 00000000001c23c0]  "麦克风 (High Definition Audio 设备)"
[dshow @ 00000000001c23c0]     Alternative name "@device_cm_{33D9A762-90C8-11D0-BD43-00A0C911CE86}"
dummy: Immediate exit requested`;

/** The form since ffmpeg 5. */
const NEW_WINDOWS = String.raw`[dshow @ 000001d5d1b3e4c0] "Integrated Camera" (video)
[dshow @ 000001d5d1b3e4c0]   Alternative name "@device_pnp_\\?\usb#vid_04f2&pid_b604&mi_00#6&1b5d5a5b&0&0000#{65e8773d}\global"
[dshow @ 000001d5d1b3e4c0] "OBS Virtual Camera" (none)
[dshow @ 000001d5d1b3e4c0]   Alternative name "@device_sw_{860BB310-5D01-11D0-BD3B-00A0C911CE86}\{A3FCE0F5}"
[dshow @ 000001d5d1b3e4c0] "Microphone (Realtek(R) Audio)" (audio)
[dshow @ 000001d5d1b3e4c0]   Alternative name "@device_cm_{33D9A762-90C8-11D0-BD43-00A0C911CE86}\wave_{F2A6C3C5}"
dummy: Immediate exit requested`;

Deno.test("devices of Windows are read from the output of ffmpeg, old and new", () => {
  assertEquals(parseDirectShow(OLD_WINDOWS.replaceAll("\n", "\r\n")), {
    cameras: [
      { id: "Integrated Webcam", name: "Integrated Webcam" },
      { id: "screen-capture-recorder", name: "screen-capture-recorder" },
    ],
    microphones: [{ id: "麦克风 (High Definition Audio 设备)", name: "麦克风 (High Definition Audio 设备)" }],
  });
  assertEquals(parseDirectShow(NEW_WINDOWS), {
    cameras: [
      { id: "Integrated Camera", name: "Integrated Camera" },
      { id: "OBS Virtual Camera", name: "OBS Virtual Camera" },
    ],
    microphones: [{ id: "Microphone (Realtek(R) Audio)", name: "Microphone (Realtek(R) Audio)" }],
  });
});

Deno.test("names of devices cannot draw, and other output has no devices", () => {
  assertEquals(parseVideo4Linux("/dev/video0\t0\tCam\x1b[2J\n"), [{ id: "/dev/video0", name: "Cam␛[2J" }]);
  for (const text of ["", "ffmpeg version 9\n", "Unknown input format: 'dshow'", "[dshow @ 1] Could not enumerate"]) {
    assertEquals(parseDirectShow(text), { cameras: [], microphones: [] });
    assertEquals(parseAvFoundation(text), { cameras: [], microphones: [] });
    assertEquals(parseVideo4Linux(text), []);
  }
});

Deno.test({
  name: "cameras of Linux are described in a folder, once each, in the order of their numbers",
  ignore: WINDOWS,
  fn: async () => {
    using folder = temporaryFolder();
    const devices = [["video10", "0", "HDMI Grabber"], ["video2", "1", "Integrated Camera: Integrated C"], [
      "video1",
      "0",
      "Integrated Camera: Integrated C",
    ], ["video3", "", "Old Camera"]] as const;
    for (const [device, index, name] of devices) {
      await Deno.mkdir(`${folder.path}/${device}`);
      await Deno.writeTextFile(`${folder.path}/${device}/name`, `${name}\n`);
      if (index !== "") await Deno.writeTextFile(`${folder.path}/${device}/index`, `${index}\n`);
    }
    await Deno.mkdir(`${folder.path}/video4`);
    assertEquals(await linuxCameras(folder.path), [
      { id: "/dev/video1", name: "Integrated Camera: Integrated C" },
      { id: "/dev/video3", name: "Old Camera" },
      { id: "/dev/video10", name: "HDMI Grabber" },
    ]);
    assertEquals(await linuxCameras(`${folder.path}/none`), []);
  },
});
