/** Homes that programs under test take for their user's, so that nobody's own is touched. */

let root: string | undefined;
let folders = 0;

Deno.test.afterAll(removeFolders);

/** For those who are no test. */
export function removeFolders(): void {
  if (root !== undefined) Deno.removeSync(root, { recursive: true });
  root = undefined;
}

/** An empty folder that goes when the tests of this file are over. */
export function newFolder(): string {
  root ??= Deno.makeTempDirSync({ prefix: "confab-e2e-" });
  const folder = `${root}/${++folders}`;
  Deno.mkdirSync(folder);
  return folder;
}

/** All files below a folder, by their paths within it; sockets are none. */
export function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory, isFile }) =>
    isDirectory ? filesBelow(`${folder}/${name}`).map((path) => `${name}/${path}`) : isFile ? [name] : []
  ).sort();
}

/** The variables by which a program finds its user's folders, and Deno what it has compiled before. */
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
