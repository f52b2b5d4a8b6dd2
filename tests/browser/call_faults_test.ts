/** Pages that may not use their devices, or lose them, in a call. */

import { assert, assertEquals } from "@std/assert";
import { serve } from "../helpers/e2e.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors, waitForMessage } from "./browser.ts";
import { button, marked, MAX_CELL_ERROR, note, pictureError, SHOWN_PICTURE, visitorsWithCamera } from "./call_pages.ts";

/** What keeps a page from its devices: Chromium's arguments, the host, and what the user reads. */
const WITHOUT_DEVICES:
  readonly (readonly [name: string, args: readonly string[], host: string, notes: readonly string[]])[] = [
    [
      "a page whose user refuses its devices",
      ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"],
      "127.0.0.1",
      [
        "The browser does not let this page use the camera: allow it beside the address, then /camera on",
        "The browser does not let this page use the microphone: allow it beside the address, then /mic on",
      ],
    ],
    ["a page without https", ["--host-resolver-rules=MAP plain.example 127.0.0.1"], "plain.example", [
      "Browsers give a page camera, microphone and sound only over https: open the chat at its https address",
    ]],
  ];

for (const [name, args, host, notes] of WITHOUT_DEVICES) {
  Deno.test({
    name: `${name} says so in a sentence, and shows the pictures of the others`,
    ignore: !HAS_CHROMIUM,
    async fn() {
      await using server = await serve("--memory", "--origin", "plain.example");
      await using visitors = await visitorsWithCamera();
      await using others = await Visitors.open({ args });
      const ada = await visitors.visit(`http://${server.address}/`);
      const bob = await others.visit(`http://${host}:${server.port}/`);
      await joinAs(ada, "ada");
      await joinAs(bob, "bob");
      await button(ada, "Call").click();
      await button(bob, "Answer").click();
      for (const text of notes) await note(bob, text);
      assertEquals(await bob.locator("#messages .note", { hasText: /allow it|https/ }).count(), notes.length);
      await marked(ada, "muted");
      assert(await pictureError(ada, bob) < MAX_CELL_ERROR);
      assertEquals(await ada.locator(SHOWN_PICTURE).count(), 0);
      await button(bob, "Camera").click();
      await note(bob, notes[0]!);
      await say(bob, "I see you");
      await waitForMessage(ada, "I see you");
      await server.stop();
    },
  });
}

Deno.test({
  name: "a camera and a microphone that are unplugged in a call are a sentence each, and come back by their buttons",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await visitorsWithCamera();
    const url = `http://${server.address}/`;
    const [ada, bob] = [await visitors.visit(url), await visitors.visit(url)];
    await ada.evaluate(() => {
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      const tracks: MediaStreamTrack[] = [];
      Object.assign(globalThis, { tracks });
      navigator.mediaDevices.getUserMedia = async (constraints) => {
        const stream = await open(constraints);
        tracks.push(...stream.getTracks());
        return stream;
      };
    });
    await joinAs(ada, "ada");
    await joinAs(bob, "bob");
    await button(ada, "Call").click();
    await button(bob, "Answer").click();
    await bob.locator(SHOWN_PICTURE).waitFor();
    await bob.locator(".call-others [data-speaks]").waitFor();
    await ada.evaluate(() => {
      for (const track of tracks) {
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
    });
    await note(ada, "The camera has stopped: connect it again, then /camera on");
    await note(ada, "The microphone has stopped: connect it again, then /mic on");
    await marked(bob, "muted");
    await bob.locator(SHOWN_PICTURE).waitFor({ state: "detached" });
    await ada.locator(SHOWN_PICTURE).waitFor();
    await button(ada, "Camera").click();
    await button(ada, "Microphone").click();
    await bob.locator(SHOWN_PICTURE).waitFor();
    await bob.locator(".call-others [data-speaks]").waitFor();
    await server.stop();
  },
});

declare const tracks: MediaStreamTrack[];
