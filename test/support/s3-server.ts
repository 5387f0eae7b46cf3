import { createRequire } from "node:module";
import { join } from "node:path";
import type { BucketConfig } from "../../src/config.ts";
import { temporaryFolder } from "./temporary-folder.ts";

interface Request {
  method: string;
  path: string;
  headers: Record<string, unknown>;
}
interface S3rver {
  /** of Koa */
  middleware: ((request: Request, next: () => Promise<void>) => Promise<void>)[];
  run(): Promise<{ port: number }>;
  close(): Promise<void>;
}
type S3rverClass = new (options: object) => S3rver;

/** A server that speaks the S3 protocol and checks its signatures, with its objects in a temporary folder. */
export interface S3Server {
  bucket: BucketConfig;
  /** where the objects lie, for who looks into them or spoils them */
  dir: string;
  stop(): Promise<void>;
  /** again on the same port, with the same objects */
  start(): Promise<void>;
  close(): Promise<void>;
}

const BUCKET = "kuaichu-test";

export async function startS3(): Promise<S3Server> {
  const S3rver = createRequire(import.meta.url)("@20minutes/s3rver") as S3rverClass;
  const directory = temporaryFolder("s3");
  const open = async (port: number) => {
    const options = { port, address: "127.0.0.1", silent: true, directory, configureBuckets: [{ name: BUCKET }] };
    const server = new S3rver(options);
    // It checks a listing's signature without the path's last slash, which the SDK sends and signs.
    server.middleware.unshift((request, next) => {
      if (request.method === "GET" && request.path === `/${BUCKET}/`) delete request.headers["authorization"];
      return next();
    });
    return { server, port: (await server.run()).port };
  };
  let running = await open(0);
  return {
    dir: join(directory, BUCKET),
    bucket: {
      endpoint: `http://127.0.0.1:${running.port}`,
      region: "us-east-1",
      name: BUCKET,
      prefix: "evidence/",
      forcePathStyle: true,
      accessKeyId: "S3RVER",
      secretAccessKey: "S3RVER",
    },
    stop: () => running.server.close(),
    async start() {
      running = await open(running.port);
    },
    async close() {
      await running.server.close().catch(() => {});
    },
  };
}
