/** Members who flood others with what they do besides writing. */

import { assertEquals } from "@std/assert";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";

Deno.test("a member who goes away and comes back 60 times at once is told of once, and the last state is in the list", async () => {
  await using server = await serve("--memory");
  await using ada = await Peer.join(server.address, "ada");
  await using eve = await Peer.join(server.address, "eve");
  const toggles = Array.from({ length: 60 }, (_, nth) => nth % 2 ? { off: true } : { text: `${nth}` });
  await eve.send(...toggles.map((fields) => ({ type: "away", ...fields })), {
    type: "away",
    text: "gone",
    ref: "last",
  });
  await eve.next({ type: "away", ref: "last" });
  assertEquals((await ada.next({ type: "away" })).member.away.text, "gone");
  await ada.send({ type: "members", room: "lobby", ref: "list" });
  const { members } = await ada.next({ type: "members", ref: "list" });
  assertEquals(members.map(({ away }: { away?: { text: string } }) => away?.text), [undefined, "gone"]);
  assertEquals(ada.events.filter(({ type }) => type === "away").length, 1);
});

Deno.test("a member who reports typing 60 times at once, in many places, is told of at most once, and gets no errors", async () => {
  await using server = await serve("--memory");
  await using ada = await Peer.join(server.address, "ada");
  await using eve = await Peer.join(server.address, "eve");
  const places = [{ room: "lobby" }, { to: "ada" }, { room: "nowhere" }, { to: "nobody" }];
  await eve.send(...Array.from({ length: 60 }, (_, nth) => ({ type: "typing", ...places[nth % places.length] })));
  await eve.send({ type: "message", room: "lobby", text: "done" });
  await ada.next({ type: "message", text: "done" });
  assertEquals(ada.events.filter(({ type }) => type === "typing").length <= 1, true);
  // The same lines are no errors for their sender, who has not asked for anything.
  assertEquals(eve.events.filter(({ type }) => type === "error"), []);
});
