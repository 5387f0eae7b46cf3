import type { BucketConfig } from "../config.ts";
import { Busy, factsOf, Upstream } from "../errors.ts";
import type { Keeper, Upload } from "./blob-keeper.ts";

/** A private bucket that speaks the S3 protocol: AWS, MinIO, Aliyun OSS, Tencent COS. */
export interface Bucket extends Keeper {
  /**
   * Checks that it can be written, read and deleted from. Throws Upstream "bucket-refused", "bucket-missing",
   * "bucket-keys-missing" or "bucket-unreachable".
   */
  check(): Promise<void>;
  close(): void;
}

const TIMEOUTS = {
  connectionTimeout: 3_000,
  socketTimeout: 10_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
};
/** Limit of a command with all its retries. */
const DEADLINE_MS = 40_000;
const ATTEMPTS = 3;
const AT_ONCE = 4;
/** Sealed bytes say nothing of their type. */
const TYPE = "application/octet-stream";

/** Loads the SDK only where a bucket is used. */
export async function createBucket(config: BucketConfig): Promise<Bucket> {
  const sdk = await import("@aws-sdk/client-s3");
  const client = new sdk.S3Client(optionsOf(config));
  const nameOf = ({ accidentId, id }: Upload) => `${config.prefix}${accidentId}/${id.toHexString()}`;
  const probes = `${config.prefix}probe-`;
  const file = (Key: string) => ({ Bucket: config.name, Key });
  const deadline = () => ({ abortSignal: AbortSignal.timeout(DEADLINE_MS) });
  const put = (key: string, Body: Buffer) =>
    client.send(new sdk.PutObjectCommand({ ...file(key), Body, ContentType: TYPE }), deadline()).catch(asFault);
  const remove = (key: string) =>
    client.send(new sdk.DeleteObjectCommand(file(key)), deadline()).catch((error) => isAbsent(error) || asFault(error));
  const read = async (key: string): Promise<Buffer | null> => {
    try {
      const { Body } = await client.send(new sdk.GetObjectCommand(file(key)), deadline());
      return Body ? Buffer.from(await Body.transformToByteArray()) : null;
    } catch (error) {
      return isAbsent(error) ? null : asFault(error);
    }
  };
  return {
    save: (uploads) => eachOf(uploads, (upload) => put(nameOf(upload), upload.sealed)),
    read: (upload) => read(nameOf(upload)),
    // One by one: the bulk command demands a checksum that some servers do not support.
    remove: (uploads) => eachOf(uploads, (upload) => remove(nameOf(upload))),
    async isEmpty() {
      const listing = new sdk.ListObjectsCommand({ Bucket: config.name, Prefix: config.prefix });
      const { Contents = [] } = await client.send(listing, deadline()).catch(asFault);
      return Contents.every(({ Key }) => Key?.startsWith(probes));
    },
    async check() {
      const probe = `${probes}${Date.now().toString(36)}`;
      const bytes = Buffer.from("Kuaichu may write, read and remove here.\n");
      await put(probe, bytes);
      if (!(await read(probe))?.equals(bytes)) throw new Upstream("bucket-unreachable", { name: "ProbeDiffers" });
      await remove(probe);
    },
    close: () => client.destroy(),
  };
}

function optionsOf({ endpoint, region, forcePathStyle, accessKeyId, secretAccessKey, sessionToken }: BucketConfig) {
  const credentials =
    accessKeyId && secretAccessKey
      ? { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
      : // the machine's own role
        undefined;
  return {
    region,
    forcePathStyle,
    maxAttempts: ATTEMPTS,
    // Newer checksums come only where the protocol demands one: OSS, COS and older servers refuse them.
    requestChecksumCalculation: "WHEN_REQUIRED" as const,
    responseChecksumValidation: "WHEN_REQUIRED" as const,
    requestHandler: TIMEOUTS,
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
  };
}

/**
 * Runs a few at a time (a case has up to sixty files). Throws only after all have ended, so that no write
 * follows the clean-up.
 */
async function eachOf<T extends Upload>(uploads: readonly T[], act: (upload: T) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < uploads.length; first += AT_ONCE) {
    const ends = await Promise.allSettled(uploads.slice(first, first + AT_ONCE).map(act));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }
}

/** True for a missing file, not for a missing bucket, which the operator must know of. */
const isAbsent = (error: unknown) => factsOf(error).name === "NoSuchKey";

const CODES: Record<number, string> = {
  301: "bucket-missing",
  401: "bucket-refused",
  403: "bucket-refused",
  404: "bucket-missing",
};
const FULL = /^(QuotaExceeded|XMinioStorageFull|InsufficientStorage|StorageFull|EntityTooLargeForQuota)/;
const RETRY_AFTER_S = 60;

/** Throws an Upstream that names the operator's setting, with the SDK's error as its cause. */
function asFault(error: unknown): never {
  const { name, code, $metadata } = error as Error & { code?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 507 || FULL.test(name)) throw new Busy(RETRY_AFTER_S, "storage-full");
  const known = name === "CredentialsProviderError" ? "bucket-keys-missing" : CODES[status];
  throw new Upstream(known ?? "bucket-unreachable", { name, status, reason: code ?? "" }, !known, error);
}
