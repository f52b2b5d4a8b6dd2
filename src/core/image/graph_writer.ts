import {
  type GraphImage,
  type GraphTable,
  type GraphValue,
  IMAGE_VERSION,
  ImageError,
  MARK,
  MARKED,
  NODE_KINDS,
} from "./graph_table.ts";

const MARK_CODE = MARK.charCodeAt(0);
const UNDEFINED = MARK + MARKED.undefined;

/** A class of which the image has objects. */
interface WrittenClass {
  readonly index: number;
  readonly fields: readonly string[];
}

/**
 * Writes an object and all that it refers to as an image. Keeps the order of maps and sets, and which parts are one and the same
 * object. Properties of plain objects are sorted, and left out if they are `undefined`. Throws an `ImageError` with the path to what is
 * neither plain data nor in the table.
 */
export function writeGraph(root: object, table: GraphTable): GraphImage {
  return new GraphWriter(root, table).write();
}

/** Goes through the objects in the order in which it finds them, because a graph may be deeper than the stack. */
class GraphWriter {
  readonly #root: object;
  readonly #table: GraphTable;
  /** The texts that stand for objects. */
  readonly #references = new Map<unknown, string>();
  /** Objects in the order of their nodes. */
  readonly #found: object[] = [];
  readonly #nodes: GraphValue[] = [];
  readonly #names = new Map<object, string>();
  readonly #written = new Map<object, WrittenClass>();
  readonly #classes: [string, readonly string[]][] = [];

  constructor(root: object, table: GraphTable) {
    this.#root = root;
    this.#table = table;
    for (const [name, { prototype }] of Object.entries(table.classes)) this.#names.set(prototype, name);
    for (const [name, external] of Object.entries(table.externals)) {
      this.#references.set(external, MARK + MARKED.external + name);
    }
  }

  write(): GraphImage {
    this.#reference(this.#root);
    // The list grows while the nodes are written.
    for (let index = 0; index < this.#found.length; index++) this.#write(this.#found[index]!);
    return { version: IMAGE_VERSION, classes: this.#classes, nodes: this.#nodes };
  }

  #write(object: object): void {
    const prototype = Object.getPrototypeOf(object);
    switch (prototype) {
      case Object.prototype:
        return this.#writeObject(object);
      case Array.prototype:
        return this.#writeList(NODE_KINDS.array, (object as unknown[]).length, object as unknown[]);
      case Map.prototype:
        return this.#writeMap(object as Map<unknown, unknown>);
      case Set.prototype:
        return this.#writeList(NODE_KINDS.set, (object as Set<unknown>).size, object as Set<unknown>);
      case Int32Array.prototype:
        return this.#writeList(NODE_KINDS.words, (object as Int32Array).length, object as Int32Array);
      case Uint8Array.prototype:
        return this.#writeList(NODE_KINDS.bytes, (object as Uint8Array).length, object as Uint8Array);
      default:
        return this.#writeInstance(object, this.#written.get(prototype) ?? this.#newClass(prototype, object));
    }
  }

  #newClass(prototype: object, object: object): WrittenClass {
    const name = this.#names.get(prototype);
    if (name === undefined) throw this.#refused(object, `an object of the class ${prototype?.constructor?.name}`);
    const added = { index: this.#classes.length, fields: Object.keys(object) };
    this.#written.set(prototype, added);
    this.#classes.push([name, added.fields]);
    return added;
  }

  #writeInstance(object: object, { index, fields }: WrittenClass): void {
    this.#nodes.push(index);
    let at = 0;
    for (const name in object) {
      if (name !== fields[at++]) throw this.#refused(object, `another field ${name} than other objects of its class`);
      this.#nodes.push(this.#value((object as Record<string, unknown>)[name]));
    }
    if (at !== fields.length) throw this.#refused(object, "fewer fields than other objects of its class");
  }

  #writeObject(object: object): void {
    const names = namesOf(object);
    this.#nodes.push(NODE_KINDS.object, names.length);
    for (const name of names) this.#nodes.push(name, this.#value((object as Record<string, unknown>)[name]));
  }

  #writeList(kind: string, length: number, items: Iterable<unknown>): void {
    this.#nodes.push(kind, length);
    for (const item of items) this.#nodes.push(this.#value(item));
  }

  #writeMap(map: Map<unknown, unknown>): void {
    this.#nodes.push(NODE_KINDS.map, map.size);
    for (const [key, value] of map) this.#nodes.push(this.#value(key), this.#value(value));
  }

  #value(value: unknown): GraphValue {
    switch (typeof value) {
      case "string":
        return value.charCodeAt(0) === MARK_CODE ? MARK + MARKED.text + value : value;
      case "number":
        return Number.isFinite(value) ? value : textOfNumber(value);
      case "boolean":
        return value;
      case "undefined":
        return UNDEFINED;
      case "bigint":
        return MARK + MARKED.bigint + value;
      case "object":
        return value === null ? null : this.#references.get(value) ?? this.#reference(value);
      default:
        throw this.#refused(value, `a ${typeof value}`);
    }
  }

  /** Gives the object the next node. */
  #reference(object: object): string {
    const reference = MARK + this.#found.length;
    this.#references.set(object, reference);
    this.#found.push(object);
    return reference;
  }

  #refused(part: unknown, what: string): ImageError {
    return new ImageError(`An image cannot hold ${what}: ${pathTo(part, this.#root, this.#table)}`);
  }
}

/** The names of properties that are not `undefined`, sorted: their order depends on when each was set first. */
function namesOf(object: object): string[] {
  const names: string[] = [];
  let isSorted = true;
  for (const name in object) {
    if ((object as Record<string, unknown>)[name] === undefined) continue;
    if (isSorted && names.length > 0 && name < names[names.length - 1]!) isSorted = false;
    names.push(name);
  }
  return isSorted ? names : names.sort();
}

function textOfNumber(value: number): string {
  if (Number.isNaN(value)) return MARK + MARKED.notANumber;
  return MARK + (value > 0 ? MARKED.infinity : MARKED.minusInfinity);
}

/** The path from the root to a part of it. */
function pathTo(part: unknown, root: object, { externals }: GraphTable): string {
  const paths = new Map<unknown, string>([[root, "the whole"]]);
  const known = new Set<unknown>(Object.values(externals));
  for (const [object, path] of paths) {
    if (object === part) return path;
    if (typeof object !== "object" || object === null) continue;
    for (const [name, child] of childrenOf(object)) {
      const isInner = (typeof child === "object" && child !== null) || child === part;
      if (isInner && !known.has(child) && !paths.has(child)) paths.set(child, `${path}.${name}`);
    }
  }
  return "a part that was not found again";
}

function childrenOf(object: object): Iterable<readonly [string, unknown]> {
  if (object instanceof Map) {
    return [...object].flatMap(([key, value]) => [["key", key], [String(key), value]] as const);
  }
  if (object instanceof Set) return [...object].map((item, index) => [String(index), item] as const);
  return ArrayBuffer.isView(object) ? [] : Object.entries(object);
}
