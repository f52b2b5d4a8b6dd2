/** What Linux tells of the server's process in /proc. Elsewhere, and without all rights, all of it is 0. */

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

export interface ProcessUse {
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

export function processUse(pid: number): ProcessUse {
  const stat = read(`/proc/${pid}/stat`);
  // The name of the program, in parentheses, may hold spaces. What follows begins with the third field.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
  const [user = 0, system = 0] = fields.slice(11, 13);
  const pages = Number(read(`/proc/${pid}/statm`).split(" ")[1] ?? 0);
  return { cpuSeconds: (user + system) / TICKS_PER_SECOND, memoryBytes: pages * PAGE_BYTES };
}

/** Sockets, files and whatever else the process has open. */
export function descriptorsOf(pid: number): number {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
  } catch {
    return 0;
  }
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
