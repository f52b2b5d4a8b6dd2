/** Home folders for programs under test, so that the user's own are not touched. */

let root: string | undefined;
let folders = 0;

Deno.test.afterAll(removeFolders);

/** For callers outside of tests. */
export function removeFolders(): void {
  if (root !== undefined) Deno.removeSync(root, { recursive: true });
  root = undefined;
}

/** An empty folder that is removed after the tests of this file. */
export function newFolder(): string {
  root ??= Deno.makeTempDirSync({ prefix: "confab-e2e-" });
  const folder = `${root}/${++folders}`;
  Deno.mkdirSync(folder);
  return folder;
}

/** Returns all files below a folder by their relative paths, without sockets. */
export function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory, isFile }) =>
    isDirectory ? filesBelow(`${folder}/${name}`).map((path) => `${name}/${path}`) : isFile ? [name] : []
  ).sort();
}

/** Variables for the user's folders, and for Deno's cache. */
export function homeVariables(home: string): Record<string, string> {
  return {
    HOME: home,
    USERPROFILE: home,
    APPDATA: `${home}/roaming`,
    LOCALAPPDATA: `${home}/local`,
    XDG_CONFIG_HOME: `${home}/config`,
    XDG_DATA_HOME: `${home}/data`,
    XDG_STATE_HOME: `${home}/state`,
    DENO_DIR: cache ??= denoFolder(),
  };
}

let cache: string | undefined;

function denoFolder(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string }).denoDir;
}
