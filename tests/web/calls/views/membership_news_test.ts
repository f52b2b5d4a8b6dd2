import { assertEquals } from "@std/assert";
import { MembershipNews } from "../../../../src/web/calls/views/membership_news.ts";

Deno.test("who enters and leaves is news, but who is there at first, or is asked, is not", () => {
  const news = new MembershipNews();
  const member = (name: string, entered = true) => {
    return { id: name, name, entered, speaks: false, level: 0, isOwn: false, camera: true, microphone: true };
  };
  assertEquals(news.next([member("ada")]), undefined);
  assertEquals(news.next([member("ada"), member("bob", false)]), undefined);
  assertEquals(news.next([member("ada"), member("bob")]), "bob has entered the call");
  assertEquals(news.next([member("mia")]), "mia has entered the call, ada has left the call, bob has left the call");
  assertEquals(news.next([member("mia")]), undefined);
});
