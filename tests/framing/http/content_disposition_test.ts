import { assertEquals, assertMatch } from "@std/assert";
import { attachmentNamed } from "../../../src/framing/http/content_disposition.ts";
import { HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";

Deno.test("a file is saved under its name, and under a plain one by old browsers", () => {
  assertEquals(attachmentNamed("a b.pdf"), `attachment; filename="a b.pdf"; filename*=UTF-8''a%20b.pdf`);
  assertEquals(
    attachmentNamed(`Grüße "5'*(%)\\.😀`),
    `attachment; filename="Gr__e _5'*(_)_._"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%225%27%2A%28%25%29%5C.%F0%9F%98%80`,
  );
  assertEquals(attachmentNamed("\ud800"), `attachment; filename="_"; filename*=UTF-8''%EF%BF%BD`);
});

Deno.test("no name ends the header or its quotes", () => {
  const names = [...HOSTILE_TEXTS.map(({ text }) => text), 'x"; filename="y', "x\r\nSet-Cookie: a=b"];
  for (const name of names) {
    assertMatch(attachmentNamed(name), /^attachment; filename="[ -~]*"; filename\*=UTF-8''[\w!#$&+.^`|~%-]*$/, name);
    assertEquals(attachmentNamed(name).split('"').length, 3);
  }
});
