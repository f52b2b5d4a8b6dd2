/** Draws a recording as an animated SVG without scripts and external fonts. */

import { drawFilmstrip, filmRule, type Filmstrip, filmstripRule, round } from "./filmstrip.ts";
import { type Piece, piecesOf } from "./pieces.ts";
import type { Moment, Recording, Screen, Track } from "./recorder.ts";

const CELL_WIDTH = 8.4;
const CELL_HEIGHT = 18;
const BASELINE = 14;
const PADDING = 12;
const TITLE_HEIGHT = 24;
const CAPTION_HEIGHT = 44;
const GAP = 12;
const FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";
const FOREGROUND = "#d8dbe0";
const BACKGROUND = "#14161a";
const QUIET = "#8b929e";

/** The element with the text of the scenes. */
const TEXT_BEGINS = `<metadata id="scenes">`;
const TEXT_ENDS = "</metadata>";

export interface RecordingText {
  readonly title: string;
  readonly description: string;
}

/** Draws the terminals in two columns, below the captions. */
export function drawRecording(recording: Recording, { title, description }: RecordingText): string {
  const rows = new SharedRows();
  const places = placesOf(recording.tracks);
  const films = recording.tracks.map((track, index) => terminalFilm(track, places[index]!, rows));
  const { width, height } = sizeOf(recording.tracks, places);
  const caption = captionFilm(recording.captions, width);
  return [
    "<!-- deno-fmt-ignore-file -->",
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" ` +
    `height="${round(height)}" role="img" aria-labelledby="title description" font-family="${FONT}" font-size="14">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="description">${escape(description)}</desc>`,
    `${TEXT_BEGINS}${escape(JSON.stringify(recording.scenes, undefined, 1))}${TEXT_ENDS}`,
    "<style>",
    "text{white-space:pre}",
    filmRule(recording),
    ...[caption, ...films].map((film) => filmstripRule(film, recording)),
    "</style>",
    `<defs>${rows}</defs>`,
    frame({ x: 0, y: 0 }, width, CAPTION_HEIGHT, ""),
    drawFilmstrip(caption),
    ...films.flatMap((film, index) => [drawFrame(recording.tracks[index]!, places[index]!), drawFilmstrip(film)]),
    "</svg>",
    "",
  ].join("\n");
}

/** Reads the text of the scenes from a drawn recording. */
export function scenesOf(svg: string): Recording["scenes"] {
  const begin = svg.indexOf(TEXT_BEGINS) + TEXT_BEGINS.length;
  return JSON.parse(unescape(svg.slice(begin, svg.indexOf(TEXT_ENDS))));
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function placesOf(tracks: readonly Track[]): Place[] {
  let y = CAPTION_HEIGHT + GAP;
  return tracks.map((_track, index) => {
    if (index % 2 === 1) return { x: widthOf(tracks[index - 1]!) + GAP, y };
    if (index > 0) y += heightOf(tracks[index - 2]!) + GAP;
    return { x: 0, y };
  });
}

function sizeOf(tracks: readonly Track[], places: readonly Place[]): { width: number; height: number } {
  return {
    width: Math.max(...tracks.map((track, index) => places[index]!.x + widthOf(track))),
    height: Math.max(...tracks.map((track, index) => places[index]!.y + heightOf(track))),
  };
}

function widthOf({ columns }: Track): number {
  return columns * CELL_WIDTH + 2 * PADDING;
}

function heightOf({ rows }: Track): number {
  return TITLE_HEIGHT + rows * CELL_HEIGHT + PADDING;
}

function drawFrame(track: Track, place: Place): string {
  return frame(place, widthOf(track), heightOf(track), track.title);
}

function frame({ x, y }: Place, width: number, height: number, title: string): string {
  const box = `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6" ` +
    `fill="${BACKGROUND}"/>`;
  if (title === "") return box;
  return `${box}<text x="${round(x + PADDING)}" y="${round(y + 17)}" fill="${QUIET}" font-size="12">${
    escape(title)
  }</text>`;
}

function captionFilm(captions: readonly Moment<string>[], width: number): Filmstrip {
  const moments = captions.map(({ at, shown }) => ({
    at,
    shown: `<text x="${round(width / 2)}" y="28" text-anchor="middle" fill="${FOREGROUND}" font-size="17">${
      escape(shown)
    }</text>`,
  }));
  return { name: "caption", x: 0, y: 0, width, height: CAPTION_HEIGHT, moments };
}

function terminalFilm(track: Track, { x, y }: Place, rows: SharedRows): Filmstrip {
  return {
    name: track.name,
    x: x + PADDING,
    y: y + TITLE_HEIGHT,
    width: track.columns * CELL_WIDTH,
    height: track.rows * CELL_HEIGHT,
    moments: track.moments.map(({ at, shown }) => ({ at, shown: drawScreen(shown, rows) })),
  };
}

function drawScreen({ rows, cursor }: Screen, shared: SharedRows): string {
  const block = rectangle(cursor.column, cursor.row * CELL_HEIGHT, 1, QUIET);
  return block + piecesOf(rows).map((pieces, row) => shared.use(pieces.map(drawPiece).join(""), row)).join("");
}

/** Rows that several screens show, each drawn once. */
class SharedRows {
  readonly #ids = new Map<string, string>();

  use(drawn: string, row: number): string {
    if (drawn === "") return "";
    const id = this.#ids.get(drawn) ?? `r${this.#ids.size}`;
    this.#ids.set(drawn, id);
    return `<use href="#${id}"${row === 0 ? "" : ` y="${row * CELL_HEIGHT}"`}/>`;
  }

  toString(): string {
    return Array.from(this.#ids, ([drawn, id]) => `<g id="${id}">${drawn}</g>`).join("\n");
  }
}

function drawPiece({ column, cells, text, look }: Piece): string {
  const [color, background] = look.reverse
    ? [look.background ?? BACKGROUND, look.color ?? FOREGROUND]
    : [look.color ?? FOREGROUND, look.background];
  const block = background === undefined ? "" : rectangle(column, 0, cells, background);
  if (text.trim() === "" && !look.underline) return block;
  const attributes = [
    `x="${round(column * CELL_WIDTH)}" y="${BASELINE}" textLength="${round(cells * CELL_WIDTH)}" fill="${color}"`,
    look.bold ? `font-weight="bold"` : "",
    look.dim ? `opacity="0.6"` : "",
    look.italic ? `font-style="italic"` : "",
    look.underline ? `text-decoration="underline"` : "",
  ];
  return `${block}<text ${attributes.filter((part) => part !== "").join(" ")}>${escape(text)}</text>`;
}

function rectangle(column: number, y: number, cells: number, fill: string): string {
  const place = `x="${round(column * CELL_WIDTH)}" y="${round(y)}"`;
  return `<rect ${place} width="${round(cells * CELL_WIDTH)}" height="${CELL_HEIGHT}" fill="${fill}"/>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function unescape(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
