/** The import rules: which part of the program may import which other part. */

export interface Edge {
  readonly from: string;
  /** A path of this project, or a specifier such as `npm:valibot@1.5.0`. */
  readonly to: string;
  readonly typeOnly: boolean;
  /** True for `await import`: loaded when the program reaches it. */
  readonly later?: boolean;
}

const PORTS: ReadonlySet<string> = new Set([
  "src/transports/connection.ts",
  "src/history/store.ts",
  "src/files/file_store.ts",
]);

/** Folders, or single files, that a folder may import besides its own files. */
export const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  main: ["src/cli"],
  "src/protocol": [],
  "src/core": ["src/protocol"],
  "src/identity": ["src/protocol"],
  "src/presentation": ["src/protocol"],
  "src/framing": ["src/presentation", "src/protocol"],
  "src/transports": ["src/framing", "src/protocol"],
  "src/history": ["src/framing", "src/protocol"],
  "src/files": ["src/protocol"],
  "src/pictures": ["src/protocol"],
  "src/sound": [
    "src/client/calls/call_ports.ts",
    "src/client/voice/opus_packet.ts",
    "src/client/voice/sound_block.ts",
  ],
  "src/nearby": ["src/protocol"],
  "src/cluster": [
    "src/core",
    "src/framing",
    "src/protocol",
    "src/files/file_store.ts",
    "src/server/links/server_links.ts",
    "src/server/links/unproven_links.ts",
  ],
  "src/copies": ["src/protocol", "src/history/store.ts"],
  "src/succession": ["src/protocol"],
  "src/metrics": [
    "src/framing",
    "src/protocol",
    "src/server/monitor/statistics.ts",
    "src/transports/connection.ts",
  ],
  "src/server": ["src/core", "src/framing", "src/protocol", ...PORTS],
  "src/client": ["src/framing", "src/identity", "src/protocol", "src/transports/connection.ts"],
  "src/terminal": ["src/client", "src/framing", "src/presentation", "src/protocol", "src/transports/connection.ts"],
  "src/web": [
    "src/client",
    "src/sound",
    "src/identity",
    "src/framing",
    "src/presentation",
    "src/protocol",
    "src/transports/connection.ts",
  ],
  "src/manual": [],
  "src/page": ["src/framing/http/http_response.ts", "src/manual"],
  "src/cli": [
    ...[
      "src/server",
      "src/terminal",
      "src/page",
      "src/manual",
      "src/transports",
      "src/history",
      "src/files",
      "src/cluster",
      "src/copies",
      "src/succession",
      "src/metrics",
      "src/nearby",
      "src/pictures",
      "src/sound",
    ],
    ...["src/client", "src/framing", "src/identity", "src/presentation", "src/protocol", "deno.json"],
  ],
};

/** Packages and built-in modules (`node:` for all of these) that a folder, or a single file, may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "src/protocol": ["npm:valibot"],
  "src/identity/noble_keys.ts": ["npm:@noble/ed25519", "npm:@noble/hashes"],
  "src/identity/link_proof.ts": ["npm:@noble/hashes", "npm:@scure/bip39"],
  "src/client/formatting/markdown_parser.ts": ["npm:markdown-it"],
  "src/client/formatting/token_reader.ts": ["npm:markdown-it"],
  "src/client/formatting/block_rules.ts": ["npm:markdown-it"],
  "src/client/formatting/inline_rules.ts": ["npm:markdown-it"],
  "src/transports": ["node:tls"],
  "src/history": ["node:sqlite"],
  "src/files": ["node:crypto"],
  "src/cluster": ["node:crypto"],
  "src/cluster/link/wire/link_frames.ts": ["npm:valibot"],
  "src/pictures/decoders.ts": ["npm:@jsquash/jpeg", "npm:@jsquash/png", "npm:@jsquash/webp", "npm:omggif"],
  "src/sound/voice_codec.ts": ["npm:libopus-wasm"],
  "src/client/client_memory.ts": ["npm:valibot"],
  "src/client/hosts/remembered_hosts.ts": ["npm:valibot"],
  "src/metrics": ["node:timers"],
  "src/nearby": ["npm:multicast-dns", "node:buffer", "node:dgram"],
  "src/server": ["node:crypto", "node:process", "node:timers", "node:zlib"],
  "src/terminal": ["jsr:@std/cli", "jsr:@std/text"],
  "src/terminal/input/emoji_names.ts": ["npm:markdown-it-emoji"],
  "src/terminal/screen/keyboard.ts": ["node:tty"],
  "src/web": ["npm:valibot"],
  "src/web/views/qr_image.ts": ["npm:uqr"],
  "src/web/files/file_hash.ts": ["npm:@noble/hashes"],
  "src/manual": ["npm:marked"],
  "src/page": [
    ...["npm:@noble/ed25519", "npm:@noble/hashes", "npm:@scure/bip39", "npm:markdown-it", "npm:sucrase", "npm:uqr"],
    "npm:valibot",
  ],
  "src/cli/config/config_entries.ts": ["npm:valibot"],
  "src/cli/hosts/hosted_chat_file.ts": ["npm:valibot"],
  "src/cli/invites/passphrase.ts": ["npm:@scure/bip39"],
  "src/cli/invites/qr_code.ts": ["npm:uqr"],
  "src/cli": [
    "jsr:@std/cli",
    "jsr:@std/streams",
    "jsr:@std/text",
    "npm:@logtape/logtape",
    "node:",
  ],
};

/** Returns one line for each import that breaks a rule. */
export function faultsOf(edges: readonly Edge[]): string[] {
  return [
    ...edges.filter((edge) => !isAllowed(edge)).map(({ from, to }) => `${from} may not import ${to}`),
    ...cyclesIn(between(edges, folderOf)).map((cycle) => `Folders import each other: ${cycle.join(" → ")}`),
    ...cyclesIn(edges).map((cycle) => `Files import each other: ${cycle.join(" → ")}`),
  ];
}

/** Returns all modules that load before anything runs, as paths of this project or specifiers. */
export function loadedAtOnce(edges: readonly Edge[], entry: string): Set<string> {
  const next = Map.groupBy(edges.filter(({ typeOnly, later }) => !typeOnly && later !== true), ({ from }) => from);
  const loaded = new Set([entry]);
  for (const path of loaded) {
    for (const { to } of next.get(path) ?? []) loaded.add(to);
  }
  return loaded;
}

export function folderOf(path: string): string {
  return /^src\/[^/]+(?=\/)/.exec(path)?.[0] ?? path.replace(/\.ts$/, "");
}

function isAllowed({ from, to }: Edge): boolean {
  const folder = folderOf(from);
  if (isOutside(to)) {
    const names = [...PACKAGES[folder] ?? [], ...PACKAGES[from] ?? []];
    return names.some((name) => name === packageOf(to) || (name === "node:" && to.startsWith(name)));
  }
  if (folderOf(to) === folder) return true;
  return (FOLDERS[folder] ?? []).some((allowed) => allowed === to || allowed === folderOf(to));
}

function isOutside(to: string): boolean {
  return /^[a-z]+:/.test(to);
}

/** `jsr:/@std/cli@^1.0.0/parse-args` is `jsr:@std/cli`. */
function packageOf(specifier: string): string {
  return specifier.replace(/^(jsr|npm):\/?((?:@[^/]+\/)?[^/@]+).*$/, "$1:$2");
}

function between(edges: readonly Edge[], name: (path: string) => string): Edge[] {
  return edges
    .filter(({ to }) => !isOutside(to))
    .map(({ from, to, typeOnly }) => ({ from: name(from), to: name(to), typeOnly }))
    .filter(({ from, to }) => from !== to);
}

/** Returns each cycle, from its first visited node. */
function cyclesIn(edges: readonly Edge[]): string[][] {
  const next = Map.groupBy(edges, ({ from }) => from);
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) return void cycles.push([...path.slice(start), node]);
    if (done.has(node)) return;
    for (const { to } of next.get(node) ?? []) visit(to, [...path, node]);
    done.add(node);
  };
  for (const node of next.keys()) visit(node, []);
  return cycles;
}
