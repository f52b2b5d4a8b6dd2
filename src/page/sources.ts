/** The program's own files, in a checkout or embedded in the executable. */

/** The folder that holds `src`. */
export const SOURCES = new URL("../../", import.meta.url);

/** Rejects if Deno may not read the program's files. Never prompts for the permission. */
export async function openSources(): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "read", path: SOURCES });
  if (state !== "granted") throw new Error("Cannot build the page: Deno has no permission to read the program's files");
}
