import type { StaticPage } from "../../framing/http/http_response.ts";

/** Builds a page from its files. If Deno may not read them, the page says so: the chat works without it. */
export async function pageUnlessRefused<P extends StaticPage | undefined>(
  build: () => Promise<P>,
): Promise<P | StaticPage> {
  try {
    return await build();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return NO_FILES;
    throw error;
  }
}

const NO_FILES: StaticPage = {
  html:
    '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Confab</title><p>This server may not read the files of ' +
    "its page: ask its operator to allow that with --allow-read. Joining with the program or with nc works.</p></html>\n",
  policy: "default-src 'none'",
};
