/** Figures of a process on Linux, also with the permission to run programs but not to read /proc; 0 on other systems. */

export interface Memory {
  readonly nowBytes: number;
  readonly peakBytes: number;
}

export async function memoryOf(pid: number): Promise<Memory> {
  const text = await outputOf("cat", `/proc/${pid}/status`);
  const bytes = (field: string) => 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
  return { nowBytes: bytes("VmRSS"), peakBytes: bytes("VmHWM") };
}

export async function descriptorsOf(pid: number): Promise<number> {
  return (await outputOf("ls", `/proc/${pid}/fd`)).split("\n").length - 1;
}

async function outputOf(program: string, path: string): Promise<string> {
  try {
    const { stdout } = await new Deno.Command(program, { args: [path], stderr: "null" }).output();
    return new TextDecoder().decode(stdout);
  } catch {
    return "";
  }
}
