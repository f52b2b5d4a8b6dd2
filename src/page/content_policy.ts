/** The `Content-Security-Policy` of the server's documents. */

export interface DocumentParts {
  /** Contents of the document's inline scripts. */
  readonly scripts: readonly string[];
  /** Contents of its style elements. */
  readonly styles: readonly string[];
}

/**
 * The browser runs only the hashed scripts and what this server gives out as a script, and no text becomes markup (CSP level 3).
 * `'strict-dynamic'` would not do: it does not let a hashed script import modules.
 */
export async function contentPolicy({ scripts, styles }: DocumentParts): Promise<string> {
  const hasScripts = scripts.length > 0;
  return [
    "default-src 'none'",
    ...hasScripts ? [`script-src ${(await hashes(scripts)).join(" ")} 'self'`] : [],
    `style-src ${(await hashes(styles)).join(" ")}`,
    ...hasScripts ? ["connect-src 'self'"] : [],
    hasScripts ? "img-src data: 'self'" : "img-src data:",
    ...hasScripts ? ["media-src 'self'"] : [],
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function hashes(texts: readonly string[]): Promise<string[]> {
  return Promise.all(texts.map(async (text) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return `'sha256-${btoa(String.fromCharCode(...digest))}'`;
  }));
}
