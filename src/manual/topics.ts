/** The pages of the manual, in reading order. Each is `TOPIC.md` in this folder. */

export interface Topic {
  /** The page's file without `.md`, its path after `/help/`, and its name after `confab help`. */
  readonly name: string;
  readonly title: string;
  /** The subject of the page, a phrase without a full stop. */
  readonly summary: string;
}

export const TOPICS: readonly Topic[] = [
  { name: "guide", title: "Guide", summary: "How to join a chat and use it: in a terminal, in a browser, with nc" },
  { name: "calls", title: "Calls", summary: "How to hear and be heard in a call: programs, headphones, silence" },
  { name: "hosting", title: "Hosting", summary: "How to run a server: access, moderation, storage, monitoring" },
  { name: "proxy", title: "Behind a proxy", summary: "How to host with nginx, Caddy or a Cloudflare tunnel in front" },
  {
    name: "cluster",
    title: "Several servers",
    summary: "How several servers become one chat that survives the loss of any",
  },
  { name: "service", title: "As a service", summary: "How to let systemd, launchd or Windows start a server" },
  { name: "container", title: "In a container", summary: "How to run a server with Docker, Podman and Compose" },
  { name: "commands", title: "Commands", summary: "All slash commands, commands, options and exit codes" },
  { name: "protocol", title: "Protocol", summary: "The JSON protocol for bots and other clients" },
  {
    name: "identity",
    title: "Keys and signatures",
    summary: "The texts that the keys of members sign, with test vectors",
  },
  {
    name: "guarantees",
    title: "Guarantees",
    summary: "The promises of Confab, their limits, and how they are tested",
  },
  { name: "performance", title: "Performance", summary: "Measured speed and memory, compared with other servers" },
  { name: "troubleshooting", title: "Troubleshooting", summary: "Frequent problems and their solutions" },
];

export function isTopic(name: string): boolean {
  return TOPICS.some((topic) => topic.name === name);
}

/** Reads a page's Markdown. Rejects if the name is not in `TOPICS`, or if Deno may not read the program's files. */
export async function readTopic(name: string): Promise<string> {
  if (!isTopic(name)) throw new Error(`The manual has no page ${JSON.stringify(name)}`);
  return await Deno.readTextFile(new URL(`./${name}.md`, import.meta.url));
}
