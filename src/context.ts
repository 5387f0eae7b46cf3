import type { Config } from "./config.ts";
import type { Documents } from "./documents/documents.ts";
import type { InsurerClient } from "./insurers/client.ts";
import type { Log } from "./log.ts";
import type { Photos } from "./photos/photos.ts";
import type { Render } from "./render.ts";
import type { Accidents } from "./store/accidents.ts";
import type { Blobs } from "./store/blobs.ts";
import type { Counters } from "./store/counters.ts";
import type { Deliveries } from "./store/deliveries.ts";
import type { Inbox } from "./store/inbox.ts";
import type { People } from "./store/people.ts";
import type { Vault } from "./store/vault.ts";
import type { WechatApi } from "./wechat/api/client.ts";
import type { CustomerQuota } from "./wechat/api/quota.ts";

export interface Clock {
  now(): Date;
}

/** Everything that the doors, the actions and the jobs work with. Made in one place; a test passes overrides. */
export interface Context {
  config: Config;
  log: Log;
  clock: Clock;
  /** unguessable, URL-safe, `bytes` of entropy */
  randomId(bytes?: number): string;
  render: Render;

  vault: Vault;
  accidents: Accidents;
  people: People;
  blobs: Blobs;
  counters: Counters;
  inbox: Inbox;
  deliveries: Deliveries;
  /** counts tries under a key until a moment; false when the limit is reached */
  tries: { count(key: string, limit: number, expiresAt: number): Promise<boolean> };
  /** reachable right now? */
  databaseReady(): Promise<boolean>;

  wechat: WechatApi;
  quota: CustomerQuota;
  insurers: InsurerClient;
  photos: Photos;
  documents: Documents;

  /** Told after an action has put something into an outbox: the jobs need not wait for their next round. */
  wake(): void;
  onWake(listener: () => void): void;
  close(): Promise<void>;
}
