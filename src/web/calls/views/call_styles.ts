/** The style sheet of calls, which comes with their code: the page's first load has none of it. */

const SHAPES = {
  microphone: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11v1a6 6 0 0 0 12 0v-1M12 18v3",
  camera: "M4 7h10v10H4zM14 11l6-4v10l-6-4z",
  end: "M3 14c5-5 13-5 18 0l-2.5 2.5-3.5-1.5v-2.5c-2-.7-4-.7-6 0V15l-3.5 1.5z",
};

/** Adds the style sheet to the document, once. */
export function addCallStyles(): void {
  if (document.adoptedStyleSheets.includes(sheet())) return;
  document.adoptedStyleSheets.push(sheet());
}

let made: CSSStyleSheet | undefined;

function sheet(): CSSStyleSheet {
  if (made === undefined) {
    made = new CSSStyleSheet();
    made.replaceSync(STYLES + Object.entries(SHAPES).map(([name, path]) => iconStyle(name, path)).join(""));
  }
  return made;
}

function iconStyle(name: string, path: string): string {
  const image =
    `%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Cpath d='${path}' fill='none' stroke='%23000' ` +
    `stroke-width='2' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E`;
  return `.call-icon-${name} { --shape: url("data:image/svg+xml,${image}"); }\n`;
}

const STYLES = `
.call {
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem;
  padding: 0.5rem 1.25rem;
  background: var(--shade);
  border-bottom: 1px solid var(--line);
}
.call-others {
  flex: 1 1 12rem;
  min-width: 0;
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr));
  align-items: start;
  gap: 0.5rem;
}
.call-others > .call-tile {
  width: 100%;
  max-width: min(21rem, 53vh);
}
.call-tile {
  position: relative;
  display: grid;
  place-items: center;
  aspect-ratio: 16 / 9;
  min-width: 0;
  overflow: hidden;
  border-radius: 8px;
  background: var(--hover);
}
.call-tile > .avatar {
  margin: 0;
}
.call-tile canvas,
.call-tile video {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  object-fit: contain;
  background: #000;
}
.call-tile video {
  transform: scaleX(-1);
}
.call-tile[data-speaks]::before {
  content: "";
  position: absolute;
  z-index: 1;
  inset: 0;
  border: 3px solid #5bcdb7;
  border-radius: inherit;
}
.call-tile::after {
  content: "";
  position: absolute;
  right: 0.3rem;
  bottom: 0.3rem;
  width: 0.25rem;
  height: 0;
  border-radius: 2px;
  background: #5bcdb7;
}
.call-tile[data-level="1"]::after { height: 20%; }
.call-tile[data-level="2"]::after { height: 40%; }
.call-tile[data-level="3"]::after { height: 60%; }
.call-tile[data-level="4"]::after { height: 80%; }
.call-name {
  position: absolute;
  left: 0.25rem;
  bottom: 0.25rem;
  max-width: calc(100% - 1.2rem);
  display: flex;
  gap: 0.4rem;
  padding: 0 0.4rem;
  border-radius: 6px;
  background: rgb(0 0 0 / 70%);
  font-size: 0.8125rem;
}
.call-name > bdi {
  color: #fff;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.call-name > .mark {
  color: #ddd;
  flex: none;
}
.call-name > .mark:empty {
  display: none;
}
.call-side {
  display: flex;
  flex-direction: column;
  justify-content: space-between;
  gap: 0.5rem;
}
.call-self {
  width: 8.5rem;
}
.call-buttons {
  display: flex;
  gap: 0.5rem;
}
.call-button {
  display: grid;
  place-items: center;
  position: relative;
  width: 2.5rem;
  height: 2.5rem;
  border-radius: 50%;
  background: var(--hover);
  color: var(--text);
}
.call-button[aria-pressed="true"] {
  background: var(--accent);
  color: var(--on-accent);
}
.call-button[aria-pressed="false"]::after {
  content: "";
  position: absolute;
  width: 2px;
  height: 1.6rem;
  background: currentColor;
  transform: rotate(-45deg);
}
.call-end {
  background: var(--danger);
  color: var(--ground);
}
.call-status {
  flex: 1 0 100%;
  font-size: 0.875rem;
  color: var(--muted);
}
.call-status:empty {
  display: none;
}
.call-bar {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.25rem 0.75rem;
  padding: 0.45rem 1.25rem;
  font-size: 0.875rem;
  background: var(--accent-soft);
  border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere;
}
.call-ring {
  position: fixed;
  z-index: 3;
  inset: 0.5rem 0.5rem auto;
  width: min(26rem, 100% - 1rem);
  margin: 0 auto;
  padding: 1rem 1.25rem;
}
.call-ring p {
  font-weight: 600;
  overflow-wrap: anywhere;
}
.card.call-ring .buttons {
  flex-wrap: wrap;
  gap: 0.4rem;
  margin-top: 0.75rem;
}
.card.call-ring .buttons button {
  margin: 0;
  padding: 0.5rem 0.75rem;
  font-size: 0.875rem;
}
@media (max-width: 759px) {
  .call {
    padding: 0.4rem;
    gap: 0.4rem;
  }
  .call-others {
    flex-basis: 100%;
    grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr));
    justify-items: center;
    gap: 0.4rem;
  }
  .call-others > .call-tile {
    max-width: 40vh;
  }
  .call-side {
    flex: 1;
    flex-direction: row;
    align-items: center;
  }
  .call-self {
    width: 5.5rem;
  }
}
`;
