import { AppError, codeOf } from "../errors.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";
import type { Patient } from "./patient.ts";

const LITTLE_MB = 1_024;
const NEARLY_NOTHING_MB = 64;

async function storage({ config, tryBucket }: Patient): Promise<Finding> {
  if (!config.bucket) return ok("storage-database");
  const params = { name: config.bucket.name };
  try {
    await tryBucket();
    return ok("bucket", params);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return fail("bucket-fails", "bucket", { ...params, code: error.code });
  }
}

async function disk({ freeMb }: Patient): Promise<Finding> {
  const mb = await freeMb();
  if (mb === null) return ok("disk-untold");
  if (mb < NEARLY_NOTHING_MB) return fail("disk-low", "disk", { mb });
  return mb < LITTLE_MB ? warn("disk-low", "disk", { mb }) : ok("disk", { mb });
}

async function fonts({ fonts }: Patient): Promise<Finding> {
  try {
    await fonts();
    return ok("fonts");
  } catch (error) {
    return fail("fonts-missing", "fonts", { code: codeOf(error) });
  }
}

async function reader({ config, reader }: Patient): Promise<Finding> {
  if (!config.photos.reader) return ok("reader-off");
  return (await reader()).isAvailable ? ok("reader") : warn("reader-missing", "reader");
}

async function isolation({ reader }: Patient): Promise<Finding> {
  const { noWall } = await reader();
  return noWall === null ? ok("isolation") : warn("no-isolation", "isolation", { reason: noWall });
}

async function geocoder({ config, geocoder, logged }: Patient): Promise<Finding> {
  if (!config.geocoder) return ok("geocoder-off");
  if (config.standIns.platform && config.geocoder.key === "simulator") return ok("stand-in");
  const [lat = 0, lng = 0] = middleOf(config.city.areas[config.city.adcode]);
  const address = await geocoder.addressOf({ lat, lng, crs: "GCJ-02" });
  if (address !== null) return ok("geocoder");
  return fail("geocoder-fails", "geocoder", { code: logged("geocoder.failed", "code") ?? "no-address" });
}

/** A place in the city; without an outline, in Shanghai. */
function middleOf(outline: readonly (readonly number[])[] = [[31.23, 121.47]]): number[] {
  const mean = (at: number) => outline.reduce((sum, point) => sum + (point[at] ?? 0), 0) / outline.length;
  return [mean(0), mean(1)];
}

export const MACHINE_CHECKS: readonly Check[] = [
  { name: "storage", run: storage },
  { name: "machine.disk", run: disk },
  { name: "machine.fonts", run: fonts },
  { name: "machine.reader", run: reader },
  { name: "machine.isolation", run: isolation },
  { name: "geocoder", run: geocoder },
];
