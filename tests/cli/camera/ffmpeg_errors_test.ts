import { assert, assertEquals } from "@std/assert";
import type { CameraSource } from "../../../src/cli/camera/camera_source.ts";
import { cameraError, notStartedError } from "../../../src/cli/camera/ffmpeg_errors.ts";

const DEVICE: CameraSource = { type: "device", id: "/dev/video0", name: "Integrated Camera" };
const FILE: CameraSource = { type: "file", path: "holiday.mp4" };

const CASES: readonly [CameraSource, os: string, complaint: string, sentence: string][] = [
  [
    DEVICE,
    "linux",
    "[video4linux2,v4l2 @ 0x55d7] Cannot open video device /dev/video9: No such file or directory\n/dev/video9: No such file or directory\n",
    "The camera Integrated Camera does not exist: call --devices lists the cameras",
  ],
  [
    DEVICE,
    "linux",
    "[video4linux2,v4l2 @ 0x55d7] ioctl(VIDIOC_STREAMON): Device or resource busy\n/dev/video0: Device or resource busy",
    "The camera Integrated Camera is in use by another program: close that, or choose another one with --camera",
  ],
  [
    DEVICE,
    "linux",
    "[video4linux2,v4l2 @ 0x55d7] Cannot open video device /dev/video0: Permission denied",
    "You may not use the camera Integrated Camera: let an administrator add you to its group, with: sudo usermod -aG video $USER",
  ],
  [
    DEVICE,
    "linux",
    "[video4linux2,v4l2 @ 0x55d7] ioctl(VIDIOC_DQBUF): No such device\n/dev/video0: No such device",
    "The camera Integrated Camera has stopped, as if it was unplugged: plug it in and turn the camera on again",
  ],
  [
    DEVICE,
    "linux",
    "[video4linux2,v4l2 @ 0x559233fd68c0] ioctl(VIDIOC_QUERYCAP): Inappropriate ioctl for device",
    "The camera Integrated Camera is no camera: call --devices lists the cameras",
  ],
  [
    DEVICE,
    "darwin",
    "[AVFoundation indev @ 0x7fc4e2904a40] Video device not found\n[in#0 @ 0x7fc4e2904440] Error opening input: Input/output error",
    "The camera Integrated Camera does not exist: call --devices lists the cameras",
  ],
  [
    DEVICE,
    "darwin",
    "[AVFoundation indev @ 0x7f] Failed to create AV capture input device: Cannot use FaceTime HD Camera (Built-in)",
    "macOS does not give the camera Integrated Camera away: close programs that use it, and allow your terminal to use the camera in System Settings, Privacy & Security, Camera",
  ],
  [
    DEVICE,
    "windows",
    "[dshow @ 000001] Could not run graph (sometimes caused by a device already in use by other application)\r\nvideo=x: I/O error",
    "The camera Integrated Camera is in use by another program: close that, or choose another one with --camera",
  ],
  [
    DEVICE,
    "windows",
    "[dshow @ 000001] Could not find video device with name [x] among source devices of type video.",
    "The camera Integrated Camera does not exist: call --devices lists the cameras",
  ],
  [
    DEVICE,
    "linux",
    "Unknown input format: 'v4l2'",
    "This ffmpeg lacks what a camera needs: install a complete one of version 4.4 or later",
  ],
  [
    FILE,
    "linux",
    "Unrecognized option 'flush_packets'.\nError splitting the argument list: Option not found",
    "This ffmpeg lacks what a camera needs: install a complete one of version 4.4 or later",
  ],
  [
    FILE,
    "linux",
    "Unknown encoder 'mjpeg'",
    "This ffmpeg lacks what a camera needs: install a complete one of version 4.4 or later",
  ],
  [
    FILE,
    "linux",
    "file:holiday.mp4: Invalid data found when processing input",
    "holiday.mp4 is no video or picture that ffmpeg can read: choose another one with --camera",
  ],
  [
    FILE,
    "linux",
    "Stream map '0:v:0' matches no streams.",
    "holiday.mp4 is no video or picture that ffmpeg can read: choose another one with --camera",
  ],
  [
    { type: "stream", path: "pictures" },
    "linux",
    "something \x1b[2J new",
    "The pipe pictures gives no more pictures (ffmpeg says: something ␛[2J new): turn the camera on again",
  ],
  [
    DEVICE,
    "linux",
    "",
    "The camera Integrated Camera gives no more pictures (ffmpeg ended with 1): turn the camera on again",
  ],
];

Deno.test("each complaint of ffmpeg becomes one sentence with the next step", () => {
  for (const [source, os, complaint, sentence] of CASES) {
    assertEquals(cameraError(source, { code: 1, complaint }, os).message, sentence);
  }
});

Deno.test("a long complaint is cut, and is one line without sequences", () => {
  const { message } = cameraError(FILE, { code: 1, complaint: `a\nb ${"\x1b]0;x\x07é👩".repeat(200)}` }, "linux");
  assert(message.length < 250);
  assertEquals(/\p{Cc}/u.test(message), false);
});

Deno.test("without ffmpeg, and without the right to start it, each system has its next step", () => {
  assertEquals(
    ["linux", "darwin", "windows", "freebsd"].map((os) => notStartedError("missing", os).message),
    [
      "ffmpeg reads cameras, and it is not installed: sudo apt install ffmpeg, or as your system installs programs",
      "ffmpeg reads cameras, and it is not installed: brew install ffmpeg",
      "ffmpeg reads cameras, and it is not installed: winget install ffmpeg",
      "ffmpeg reads cameras, and it is not installed: sudo apt install ffmpeg, or as your system installs programs",
    ],
  );
  assertEquals(
    ["linux", "windows"].map((os) => notStartedError("forbidden", os).message),
    [
      "Cannot start ffmpeg: run Deno with --allow-run=/bin/sh",
      "Cannot start ffmpeg: run Deno with --allow-run=ffmpeg.exe",
    ],
  );
});
