import type { CommandSpec } from "../args/arguments.ts";
import { readVariable } from "../platform/program.ts";
import type { ServiceMachine } from "../service/systemd_service.ts";
import { SERVE } from "./serve.ts";

export const SERVICE_COMMAND: CommandSpec = {
  name: "service",
  operands: "install|remove|status",
  // The options of serve follow after --.
  maxOperands: Infinity,
  summary: "Lets systemd run serve on Linux, or stop",
  options: [
    { name: "user", help: "Runs it for your user (the default unless you are root)" },
    { name: "system", help: "Runs it for the whole machine, under a user of its own" },
    { name: "print", help: "Prints the unit instead of installing it" },
  ],
  examples: [
    { line: "service install -- --share", what: "hosts a shared chat from now on" },
    { line: "service status", what: "says whether it runs, since when, and where its log is" },
    { line: "service remove", what: "stops it; the data stays" },
  ],
  startsPrograms: true,
  run: async (args) => {
    // Loaded here because it needs the plan of a whole server.
    const { manageService } = await import("../service/systemd_service.ts");
    return await manageService(args, SERVE, thisSystem());
  },
};

function thisSystem(): ServiceMachine {
  return {
    os: Deno.build.os,
    executable: Deno.build.standalone ? Deno.execPath() : undefined,
    cwd: Deno.cwd(),
    isRoot: () => Deno.permissions.querySync({ name: "sys", kind: "uid" }).state === "granted" && Deno.uid() === 0,
    env: readVariable,
    print: console.log,
    async write(path, text) {
      await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(path, text);
    },
    remove: (path) => Deno.remove(path).then(() => true, rejectUnlessMissing),
    async run(program, args) {
      const command = new Deno.Command(program, { args: [...args], stdin: "null" });
      const { code, stdout, stderr } = await command.output();
      return { code, output: new TextDecoder().decode(code === 0 ? stdout : stderr) };
    },
  };
}

function rejectUnlessMissing(error: unknown): false {
  if (error instanceof Deno.errors.NotFound) return false;
  throw error;
}
