/** This device for people, from what its browser says of itself: `Firefox on Android`. */

/** The first match counts: most browsers also name those that they resemble. */
const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Edg(?:e|A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Chrom(?:e|ium)\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/Android/, "Android"],
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

export function pageDevice(userAgent: string): { readonly kind: "page"; readonly name: string } {
  const nameIn = (table: typeof BROWSERS) => table.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = nameIn(SYSTEMS);
  return { kind: "page", name: `${nameIn(BROWSERS) ?? "Browser"}${system === undefined ? "" : ` on ${system}`}` };
}
