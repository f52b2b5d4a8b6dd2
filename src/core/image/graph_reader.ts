import {
  type ClassFields,
  type GraphImage,
  type GraphTable,
  IMAGE_VERSION,
  ImageError,
  MARK,
  MARKED,
  NODE_KINDS,
  PAIRED_KINDS,
} from "./graph_table.ts";

const MARK_CODE = MARK.charCodeAt(0);

/** Returns the object of an image. Throws an `ImageError` for an image of another version, and for one that is broken. */
export function readGraph(image: object, table: GraphTable): object {
  const { version } = image as Partial<GraphImage>;
  if (version !== IMAGE_VERSION) {
    throw new ImageError(`The image has version ${version}, and this program reads version ${IMAGE_VERSION}`);
  }
  return new GraphReader(image as GraphImage, table).read();
}

/** A node in the list, with the empty object for it. */
interface FoundNode {
  readonly kind: unknown;
  readonly object: object;
  /** The place of its first value, and the one after its last. */
  readonly start: number;
  readonly end: number;
}

/** An empty object for each node comes first, because nodes refer to later ones. */
class GraphReader {
  readonly #nodes: readonly unknown[];
  readonly #classes: readonly ClassFields[];
  readonly #prototypes: readonly object[];
  readonly #externals: ReadonlyMap<string, object>;
  readonly #found: FoundNode[] = [];

  constructor({ classes, nodes }: GraphImage, table: GraphTable) {
    if (!Array.isArray(classes) || !Array.isArray(nodes)) {
      throw new ImageError("The image has no list of classes or nodes");
    }
    this.#nodes = nodes;
    this.#classes = classes;
    this.#externals = new Map(Object.entries(table.externals));
    const known = new Map(Object.entries(table.classes));
    this.#prototypes = classes.map(([name]) => {
      const prototype: object | undefined = known.get(name)?.prototype;
      if (prototype === undefined) throw new ImageError(`The image has the class ${name}, which this program lacks`);
      return prototype;
    });
  }

  read(): object {
    for (let at = 0; at < this.#nodes.length;) {
      const node = this.#nodeAt(at);
      this.#found.push(node);
      at = node.end;
    }
    for (const node of this.#found) this.#fill(node);
    return this.#objectAt(0);
  }

  #nodeAt(at: number): FoundNode {
    const kind = this.#nodes[at];
    const fields = typeof kind === "number" ? this.#classes[kind]?.[1] : undefined;
    const start = fields === undefined ? at + 2 : at + 1;
    const count = fields === undefined ? this.#nodes[at + 1] : fields.length;
    const end = start + Number(count) * (PAIRED_KINDS.has(kind) ? 2 : 1);
    if (!Number.isInteger(end) || end < start || end > this.#nodes.length) {
      throw new ImageError(`The image has a part of kind ${kind} with ${count} values, and ends before`);
    }
    return { kind, object: this.#newObject(kind, start, end), start, end };
  }

  #newObject(kind: unknown, start: number, end: number): object {
    switch (kind) {
      case NODE_KINDS.object:
        return {};
      case NODE_KINDS.array:
        return [];
      case NODE_KINDS.map:
        return new Map();
      case NODE_KINDS.set:
        return new Set();
      case NODE_KINDS.words:
        return Int32Array.from(this.#nodes.slice(start, end) as number[]);
      case NODE_KINDS.bytes:
        return Uint8Array.from(this.#nodes.slice(start, end) as number[]);
    }
    const prototype = typeof kind === "number" ? this.#prototypes[kind] : undefined;
    if (prototype === undefined) throw new ImageError(`The image has a part of the unknown kind ${kind}`);
    return Object.create(prototype);
  }

  #fill({ kind, object, start, end }: FoundNode): void {
    const nodes = this.#nodes;
    switch (kind) {
      case NODE_KINDS.object:
        for (let at = start; at < end; at += 2) setField(object, nodes[at], this.#value(nodes[at + 1]));
        return;
      case NODE_KINDS.array:
        for (let at = start; at < end; at++) (object as unknown[]).push(this.#value(nodes[at]));
        return;
      case NODE_KINDS.set:
        for (let at = start; at < end; at++) (object as Set<unknown>).add(this.#value(nodes[at]));
        return;
      case NODE_KINDS.map:
        for (let at = start; at < end; at += 2) {
          (object as Map<unknown, unknown>).set(this.#value(nodes[at]), this.#value(nodes[at + 1]));
        }
        return;
      case NODE_KINDS.words:
      case NODE_KINDS.bytes:
        return;
      default:
        return this.#fillInstance(object, start, this.#classes[kind as number]![1]);
    }
  }

  #fillInstance(object: object, start: number, fields: readonly string[]): void {
    for (let at = 0; at < fields.length; at++) setField(object, fields[at], this.#value(this.#nodes[start + at]));
  }

  #value(value: unknown): unknown {
    if (typeof value !== "string") {
      if (typeof value === "object" && value !== null) {
        throw new ImageError("The image has a value that is no plain one");
      }
      return value;
    }
    return value.charCodeAt(0) === MARK_CODE ? this.#marked(value) : value;
  }

  #marked(text: string): unknown {
    switch (text[1]) {
      case MARKED.undefined:
        return undefined;
      case MARKED.infinity:
        return Infinity;
      case MARKED.minusInfinity:
        return -Infinity;
      case MARKED.notANumber:
        return NaN;
      case MARKED.text:
        return text.slice(2);
      case MARKED.bigint:
        return bigintOf(text.slice(2));
      case MARKED.external:
        return this.#external(text.slice(2));
      default:
        return this.#objectAt(Number(text.slice(1)));
    }
  }

  #external(name: string): object {
    const external = this.#externals.get(name);
    if (external === undefined) throw new ImageError(`The image refers to ${name}, which this program lacks`);
    return external;
  }

  #objectAt(index: number): object {
    const object = this.#found[index]?.object;
    if (object === undefined) throw new ImageError(`The image refers to part ${index}, which it does not have`);
    return object;
  }
}

function setField(object: object, name: unknown, value: unknown): void {
  if (typeof name !== "string" || name === "__proto__") throw new ImageError(`The image has the field ${name}`);
  (object as Record<string, unknown>)[name] = value;
}

function bigintOf(digits: string): bigint {
  if (!/^-?\d+$/.test(digits)) throw new ImageError(`The image has ${digits} in the place of a number`);
  return BigInt(digits);
}
