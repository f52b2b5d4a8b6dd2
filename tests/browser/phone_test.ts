import { assertEquals, assertMatch } from "@std/assert";
import { HAS_TMUX } from "../helpers/e2e.ts";
import { readQrCode } from "../helpers/read_qr_code.ts";
import { Tmux } from "../helpers/tmux.ts";
import { HAS_CHROMIUM, joinAs, PHONE, say, Visitors, waitForMessage } from "./browser.ts";

Deno.test({
  name: "a phone joins by QR code a chat that was started with the Enter key alone (needs tmux)",
  ignore: !HAS_CHROMIUM || !HAS_TMUX,
  async fn() {
    await using host = await Tmux.open({ columns: 120, rows: 60 });
    await host.enter("CONFAB_HOST=127.0.0.1 CONFAB_PORT=0 CONFAB_NO_ANNOUNCE=1 guided");
    await host.until(/Your name \[\w+\]: ?$/);
    await host.press("Enter");
    await host.until(/A number, or an invite \[1\]: ?$/);
    await host.press("Enter");
    const address = readQrCode(await host.until(/Ctrl-D quits[^]*\n#lobby>$/));
    assertMatch(address ?? "", /^https:\/\/127\.0\.0\.1:\d+\/#\../);
    await using visitors = await Visitors.open();
    // Like a user who has compared the certificate's SHA-256 and continues.
    const phone = await visitors.visit(address!, { viewport: PHONE, isMobile: true, ignoreHTTPSErrors: true });
    assertEquals(new URL(phone.url()).hash, "");
    await joinAs(phone, "mia");
    await host.until("mia joined");
    await say(phone, "hello from a phone");
    await host.until("mia: hello from a phone");
    await host.enter("and hello from the window");
    await waitForMessage(phone, "and hello from the window");
  },
});
