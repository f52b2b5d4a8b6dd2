import {
  type ClassFields,
  type GraphImage,
  type GraphTable,
  IMAGE_VERSION,
  ImageError,
  MARK,
  MARKED,
  NODE_KINDS,
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

/** An empty object for each node comes first, because nodes refer to later ones. */
class GraphReader {
  readonly #image: GraphImage;
  readonly #externals: ReadonlyMap<string, object>;
  readonly #objects: object[];

  constructor(image: GraphImage, { classes, externals }: GraphTable) {
    if (!Array.isArray(image.classes) || !Array.isArray(image.nodes) || !image.nodes.every(Array.isArray)) {
      throw new ImageError("The image has no list of classes or nodes");
    }
    this.#image = image;
    this.#externals = new Map(Object.entries(externals));
    const known = new Map(Object.entries(classes));
    const prototypes = image.classes.map(([name]) => {
      const prototype: object | undefined = known.get(name)?.prototype;
      if (prototype === undefined) throw new ImageError(`The image has the class ${name}, which this program lacks`);
      return prototype;
    });
    this.#objects = image.nodes.map(([kind, ...values]) => newObject(kind, prototypes, values));
  }

  read(): object {
    const { nodes } = this.#image;
    for (let index = 0; index < nodes.length; index++) this.#fill(this.#objects[index]!, nodes[index]!);
    return this.#objectAt(0);
  }

  #fill(object: object, node: readonly unknown[]): void {
    const kind = node[0];
    switch (kind) {
      case NODE_KINDS.object:
        return this.#fillObject(object, node);
      case NODE_KINDS.array:
        for (let at = 1; at < node.length; at++) (object as unknown[]).push(this.#value(node[at]));
        return;
      case NODE_KINDS.set:
        for (let at = 1; at < node.length; at++) (object as Set<unknown>).add(this.#value(node[at]));
        return;
      case NODE_KINDS.map:
        for (let at = 1; at < node.length; at += 2) {
          (object as Map<unknown, unknown>).set(this.#value(node[at]), this.#value(node[at + 1]));
        }
        return;
      case NODE_KINDS.words:
      case NODE_KINDS.bytes:
        return;
      default:
        return this.#fillInstance(object, node, this.#image.classes[kind as number]!);
    }
  }

  #fillObject(object: object, node: readonly unknown[]): void {
    for (let at = 1; at < node.length; at += 2) setField(object, node[at], this.#value(node[at + 1]));
  }

  #fillInstance(object: object, node: readonly unknown[], [name, fields]: ClassFields): void {
    if (node.length !== fields.length + 1) {
      throw new ImageError(`The image has a ${name} with ${node.length - 1} fields instead of ${fields.length}`);
    }
    for (let at = 0; at < fields.length; at++) setField(object, fields[at], this.#value(node[at + 1]));
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
    const object = this.#objects[index];
    if (object === undefined) throw new ImageError(`The image refers to part ${index}, which it does not have`);
    return object;
  }
}

function newObject(kind: unknown, prototypes: readonly object[], values: readonly unknown[]): object {
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
      return Int32Array.from(values as number[]);
    case NODE_KINDS.bytes:
      return Uint8Array.from(values as number[]);
  }
  const prototype = typeof kind === "number" ? prototypes[kind] : undefined;
  if (prototype === undefined) throw new ImageError(`The image has a part of the unknown kind ${kind}`);
  return Object.create(prototype);
}

function setField(object: object, name: unknown, value: unknown): void {
  if (typeof name !== "string" || name === "__proto__") throw new ImageError(`The image has the field ${name}`);
  (object as Record<string, unknown>)[name] = value;
}

function bigintOf(digits: string): bigint {
  if (!/^-?\d+$/.test(digits)) throw new ImageError(`The image has ${digits} in the place of a number`);
  return BigInt(digits);
}
