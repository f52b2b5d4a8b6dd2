import { assert, assertEquals } from "@std/assert";
import { Stage } from "../../server/stage.ts";
import { Guest, loud, picture, talking, until } from "./party.ts";

Deno.test("two members see and hear each other, and know whose camera and microphone are on", async () => {
  await using stage = new Stage();
  await using talk = await talking(stage);
  const { ada, bob } = talk;
  assertEquals([ada.seat("bob")!.camera, ada.seat("bob")!.microphone], [true, true]);
  bob.calls.show({ width: 320, height: 180, rate: 10 });
  ada.devices.pictures.give(picture(1));
  await until(() => bob.shown.includes("ada 1"), "bob sees ada");
  assertEquals(ada.shown, ["ada 1"]);
  await until(() => {
    ada.devices.pictures.give(picture(1));
    return ada.devices.asked.length === 2;
  }, "the camera is asked for larger pictures");
  assertEquals(ada.devices.asked.map(({ width }) => width), [160, 320]);
  // The first packet only opens the decoder.
  for (let nth = 0; nth < 12; nth++) ada.devices.blocks.give(loud(nth < 2 ? 0 : 0.5));
  await until(() => {
    ada.clock.advance(20);
    bob.clock.advance(20);
    ada.devices.blocks.give(loud(0.5));
    return bob.devices.hear!()[0]! > 0.4;
  }, "bob hears ada");
  assertEquals([bob.seat("ada")!.speaks, bob.seat("bob")!.speaks], [true, false]);
});

Deno.test("a camera and a microphone that are switched off send nothing, and the others see it", async () => {
  await using stage = new Stage();
  await using talk = await talking(stage);
  const { ada, bob } = talk;
  ada.calls.setCamera(false);
  ada.calls.setMicrophone(false);
  await until(() => bob.seat("ada")!.camera === false && bob.seat("ada")!.microphone === false, "bob sees it");
  await until(() => !ada.devices.pictures.running && !ada.devices.blocks.running, "the devices have ended");
  ada.calls.setCamera(true);
  ada.devices.pictures.give(picture(2));
  await until(() => bob.shown.includes("ada 2"), "bob sees ada again");
});

Deno.test("a call goes on after its media connection was cut", async () => {
  await using stage = new Stage();
  await using talk = await talking(stage);
  const { ada, bob } = talk;
  ada.cutMedia();
  await until(() => ada.calls.current?.isUp === false, "ada notices it");
  await until(() => {
    ada.clock.advance(10);
    return ada.calls.current?.isUp === true && ada.seat("bob")?.camera === true;
  }, "ada is back");
  ada.clock.advance(1_000);
  ada.devices.pictures.give(picture(3));
  bob.devices.pictures.give(picture(4));
  await until(() => bob.shown.includes("ada 3") && ada.shown.includes("bob 4"), "they see each other");
});

Deno.test("a call goes on after the chat's connection was cut", async () => {
  await using stage = new Stage();
  await using talk = await talking(stage);
  const { ada, bob } = talk;
  ada.cutChat();
  ada.devices.pictures.give(picture(5));
  await until(() => bob.shown.includes("ada 5"), "bob sees ada meanwhile");
  ada.clock.advance(1_000);
  await until(() => ada.seat("bob")?.state === "in", "ada is back in the chat");
  stage.pass(60_000);
  assert(ada.calls.current !== undefined);
  assertEquals([ada.sockets, ada.seat("bob")?.state, bob.seat("ada")?.state], [1, "in", "in"]);
});

Deno.test("a device that fails in a call is said once, and the call goes on", async () => {
  await using stage = new Stage();
  await using talk = await talking(stage);
  const { ada, bob } = talk;
  ada.devices.pictures.fail("The camera was unplugged: connect it and use /camera on");
  await until(() => bob.seat("ada")!.camera === false, "bob sees that the camera is off");
  assertEquals(ada.said, ["The camera was unplugged: connect it and use /camera on"]);
  bob.devices.pictures.give(picture(6));
  await until(() => ada.shown.includes("bob 6"), "ada still sees bob");
});

Deno.test("a member without devices takes part, and is told why", async () => {
  await using stage = new Stage();
  await using talk = await talking(stage, (ada) => {
    ada.devices.camera = "There is no camera";
    ada.devices.microphone = "There is no microphone";
    ada.devices.loudspeaker = "There is no loudspeaker";
  });
  const { ada, bob } = talk;
  assertEquals(ada.said, ["There is no camera", "There is no microphone", "There is no loudspeaker"]);
  assertEquals([bob.seat("ada")!.camera, bob.seat("ada")!.microphone], [false, false]);
  bob.devices.pictures.give(picture(7));
  await until(() => ada.shown.includes("bob 7"), "ada sees bob");
});

Deno.test("a hangup ends the devices of both, and a declined call those of the caller", async () => {
  await using stage = new Stage();
  await using talk = await talking(stage);
  const { ada, bob } = talk;
  bob.calls.hangUp();
  await until(() => ada.calls.current === undefined, "the call is over");
  await until(() => !ada.devices.pictures.running && !bob.devices.blocks.running, "the devices have ended");
  stage.pass(30_000);
  bob.calls.call({ to: "ada" }, true);
  await until(() => ada.calls.ringing.length === 1 && bob.calls.current !== undefined, "it rings");
  assertEquals(bob.devices.pictures.running, false);
  ada.calls.decline();
  assertEquals(ada.calls.ringing, []);
  await until(() => bob.calls.current === undefined && !bob.devices.blocks.running, "bob's call is over");
});

Deno.test("an ignored member does not ring", async () => {
  await using stage = new Stage();
  const [ada, bob, cy] = [new Guest(stage, "ada"), new Guest(stage, "bob"), new Guest(stage, "cy")];
  await until(() => stage.server.snapshot().members === 3, "all have joined");
  ada.client.ignored.add("bob");
  bob.calls.call({ room: "lobby" }, false);
  await until(() => cy.calls.ringing.length === 1, "it rings");
  assertEquals(ada.calls.ringing, []);
  for (const guest of [ada, bob, cy]) await guest.end();
});

Deno.test("a call is over when the server does not know it any more", async () => {
  await using stage = new Stage();
  await using talk = await talking(stage);
  const { ada, bob } = talk;
  ada.cutChat();
  await until(() => stage.server.snapshot().connections === 3, "the server notices it");
  stage.pass(20_000);
  await until(() => bob.calls.current === undefined, "bob is alone");
  ada.clock.advance(1_000);
  await until(() => ada.said.includes("The call is over"), "ada is told");
  assertEquals(ada.calls.current, undefined);
});
