import { extname } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type Koa from "koa";
import type { Context } from "../context.ts";
import { NotFound } from "../errors.ts";
import type { Release } from "../store/releases.ts";

const YEAR_S = 31_536_000;
/** Releases of other processes held in memory. */
const MOST_OTHERS = 3;
/** Below this a compressed answer is hardly smaller. */
const COMPRESSED_FROM_BYTES = 1024;

type Encoding = "br" | "gzip";

const COMPRESSORS: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: 9 }),
};

/** One file, compressed at the first request of each encoding. */
interface Served {
  bytes: Buffer;
  compressed: Partial<Record<Encoding, Promise<Buffer>>>;
}

type Files = ReadonlyMap<string, Served>;

const served = ({ files }: Release): Files =>
  new Map(files.map(({ path, bytes }) => [path, { bytes, compressed: {} }]));

/**
 * Serves /assets/HASH/PATH: files of this release from memory, those of others from the database. The content
 * under a hash never changes.
 */
export function assets({ release, releases }: Pick<Context, "release" | "releases">): Koa.Middleware {
  const own = served(release);
  const others = new Map<string, Promise<Files | null>>();

  function find(hash: string): Promise<Files | null> {
    const known = others.get(hash);
    if (known) return known;
    // Kept from the start, so that a page's requests for its files ask the database once; an unknown hash is
    // dropped again.
    const loading = load(hash).catch((error) => {
      others.delete(hash);
      throw error;
    });
    others.set(hash, loading);
    return loading;
  }

  async function load(hash: string): Promise<Files | null> {
    const found = await releases.find(hash);
    const [oldest] = others.keys();
    if (!found) others.delete(hash);
    else if (others.size > MOST_OTHERS && oldest) others.delete(oldest);
    return found && served(found);
  }

  return async (koa, next) => {
    if (!koa.path.startsWith("/assets/")) return next();
    const [, hash, path] = /^\/assets\/([0-9a-f]{16})\/([\w./-]+)$/.exec(koa.path) ?? [];
    if (!hash || !path || !["GET", "HEAD"].includes(koa.method)) throw new NotFound();
    const files = hash === release.hash ? own : await find(hash);
    const file = files?.get(path);
    if (!file) throw new NotFound();
    koa.type = extname(path);
    koa.set("Cache-Control", `public, max-age=${YEAR_S}, immutable`);
    koa.body = await encoded(koa, file);
  };
}

async function encoded(koa: Koa.Context, { bytes, compressed }: Served): Promise<Buffer> {
  if (bytes.length < COMPRESSED_FROM_BYTES) return bytes;
  koa.vary("Accept-Encoding");
  const encoding = (["br", "gzip"] as const).find((one) => koa.acceptsEncodings(one) === one);
  if (!encoding) return bytes;
  compressed[encoding] ??= COMPRESSORS[encoding](bytes);
  koa.set("Content-Encoding", encoding);
  return compressed[encoding];
}
