import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";

/** Every address that this process was asked for, asked for itself (webhooks, the platform) or led to. */
export interface WatchedAddresses {
  list(): readonly string[];
  end(): void;
}

export function watchAddresses(): WatchedAddresses {
  const seen: string[] = [];
  const channels: Record<string, (message: unknown) => void> = {
    "http.server.request.start": (message) => {
      seen.push((message as { request: IncomingMessage }).request.url ?? "");
    },
    "http.server.response.finish": (message) => {
      const location = (message as { response: ServerResponse }).response.getHeader("location");
      if (location !== undefined) seen.push(String(location));
    },
    "http.client.request.start": (message) => {
      const { host, path } = (message as { request: ClientRequest }).request;
      seen.push(`${host}${path}`);
    },
  };
  for (const [name, note] of Object.entries(channels)) subscribe(name, note);
  return {
    list: () => seen,
    end() {
      for (const [name, note] of Object.entries(channels)) unsubscribe(name, note);
    },
  };
}
