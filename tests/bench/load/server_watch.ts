/** Figures of the server's process from Linux's /proc. On other systems, and without all permissions, all are 0. */

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

export interface ProcessUse {
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

export function processUse(pid: number): ProcessUse {
  const stat = read(`/proc/${pid}/stat`);
  // The program's name, in parentheses, may contain spaces. The text after it begins with the third field.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
  const [user = 0, system = 0] = fields.slice(11, 13);
  const pages = Number(read(`/proc/${pid}/statm`).split(" ")[1] ?? 0);
  return { cpuSeconds: (user + system) / TICKS_PER_SECOND, memoryBytes: pages * PAGE_BYTES };
}

/** Number of the process's open descriptors: sockets, files and others. */
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
