// Runs in a terminal: prints each text of the JSON file that is its first argument, asks the terminal where the cursor is
// (ECMA-48, section 8.3.14: CPR), and writes how many columns each took into the file that is its second argument.

const [texts, widths] = Deno.args as [string, string];
const decoder = new TextDecoder();
const buffer = new Uint8Array(64);

function ask(text: string): number {
  Deno.stdout.writeSync(new TextEncoder().encode(`\r\x1b[K${text}\x1b[6n`));
  for (let answer = "";;) {
    answer += decoder.decode(buffer.subarray(0, Deno.stdin.readSync(buffer)!));
    const column = /\[\d+;(\d+)R/.exec(answer)?.[1];
    if (column !== undefined) return Number(column) - 1;
  }
}

Deno.stdin.setRaw(true);
const measured = (JSON.parse(Deno.readTextFileSync(texts)) as string[]).map(ask);
Deno.stdin.setRaw(false);
Deno.writeTextFileSync(`${widths}.partial`, JSON.stringify(measured));
Deno.renameSync(`${widths}.partial`, widths);
