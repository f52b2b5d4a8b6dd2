/**
 * Mounts a tmpfs with `options` on `path` until it is disposed
 * of; `undefined` if this user cannot mount one.
 */
export function smallDisk(path: string, options: string): Disposable | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return undefined;
  const mounted = new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", options, "tmpfs", path], stderr: "null" });
  if (!mounted.outputSync().success) return undefined;
  return { [Symbol.dispose]: () => void new Deno.Command("umount", { args: [path] }).outputSync() };
}
