/** A token tells where its member may go: `SECRET` everywhere, `SECRET.ROOM` to that room alone. Its digest is of all of it. */

/** The secret itself must hold no full stop. */
export function bind(secret: string, room: string | undefined): string {
  return room === undefined ? secret : `${secret}.${room}`;
}

/** The room that a valid token is bound to. */
export function boundOf(token: string): string | undefined {
  const dot = token.indexOf(".");
  return dot < 0 ? undefined : token.slice(dot + 1);
}
