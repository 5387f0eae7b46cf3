import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

const read = (name: string) =>
  readFileSync(new URL(`../../../test/fixtures/localhost/${name}`, import.meta.url), "utf8");

const cert = read("certificate.pem");

/** A certificate of localhost that nobody trusts unless told to, valid for a hundred years. */
export const LOCALHOST = { key: read("key.pem"), cert, ends: new Date(new X509Certificate(cert).validTo) };

/** Serves over TLS on a free port. */
export async function listenTls(listener: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(LOCALHOST, listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
