import { assertEquals } from "@std/assert";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { HAS_CHROMIUM, joinAs, Visitors } from "./browser.ts";

/** Chooses a word of an input method with Enter. Safari ends the composition before the key, other browsers after it. */
function chooseWord([word, isSafari]: [string, boolean]): void {
  const field = document.getElementById("text") as HTMLTextAreaElement;
  const key = { key: "Enter", code: "Enter", bubbles: true, cancelable: true };
  const end = () => {
    field.value += word;
    field.dispatchEvent(new InputEvent("input", { data: word, inputType: "insertFromComposition", bubbles: true }));
    field.dispatchEvent(new CompositionEvent("compositionend", { data: word, bubbles: true }));
  };
  field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
  if (isSafari) end();
  field.dispatchEvent(new KeyboardEvent("keydown", { ...key, keyCode: 229, isComposing: !isSafari }));
  if (!isSafari) end();
  field.dispatchEvent(new KeyboardEvent("keyup", { ...key, keyCode: 13 }));
}

Deno.test({
  name: "the Enter that chooses a word of an input method sends nothing, in Safari either; the next Enter sends",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using ada = await Peer.join(server.address, "ada");
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`http://${server.address}/`);
    await joinAs(page, "zoe");
    for (const isSafari of [true, false]) {
      await page.evaluate(chooseWord, ["日本", isSafari] as [string, boolean]);
      await page.evaluate(chooseWord, ["語", isSafari] as [string, boolean]);
      await page.keyboard.press("Enter");
      assertEquals((await ada.next({ type: "message" })).text, "日本語");
    }
    await server.stop();
  },
});
