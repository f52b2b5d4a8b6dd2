/** A disk of its own on one folder, which can be full. */
export interface SmallDisk extends Disposable {
  /** Leaves no free byte. What is there stays, and can be read and overwritten. */
  fill(): void;
  /** Gives it its size again. */
  free(): void;
}

/**
 * Mounts a tmpfs with `options` on `path` until it is disposed
 * of; `undefined` if this user cannot mount one.
 */
export function smallDisk(path: string, options: string): SmallDisk | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return undefined;
  if (!runs("mount", "-t", "tmpfs", "-o", options, "tmpfs", path)) return undefined;
  return {
    fill() {
      // A program that writes meanwhile takes more than was measured.
      for (let tries = 0; tries < FILL_TRIES; tries++) {
        if (runs("mount", "-o", `remount,size=${usedBytes(path)}`, path)) return;
      }
      throw new Error(`Cannot fill the disk at ${path}`);
    },
    free() {
      if (!runs("mount", "-o", `remount,${options}`, path)) throw new Error(`Cannot free the disk at ${path}`);
    },
    [Symbol.dispose]: () => void runs("umount", path),
  };
}

const FILL_TRIES = 100;

function runs(command: string, ...args: readonly string[]): boolean {
  return new Deno.Command(command, { args: [...args], stderr: "null" }).outputSync().success;
}

function usedBytes(path: string): number {
  const { stdout } = new Deno.Command("stat", { args: ["-f", "--format=%b %f %S", path] }).outputSync();
  const [blocks, free, size] = new TextDecoder().decode(stdout).split(" ").map(Number);
  // No size at all would mean no limit.
  return Math.max(1, blocks! - free!) * size!;
}
