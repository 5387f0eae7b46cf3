import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";

/** A port whose connections go to the targets in turn, as a load balancer of layer 4 spreads them. */
export interface Spread {
  port: number;
  close(): Promise<void>;
}

export async function spreadConnections(ports: readonly number[], port = 0): Promise<Spread> {
  let next = 0;
  const open = new Set<{ destroy(): void }>();
  const server = createServer((incoming) => {
    const target = connect(ports[next++ % ports.length] as number, "127.0.0.1");
    for (const [one, other] of [
      [incoming, target],
      [target, incoming],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
    incoming.pipe(target).pipe(incoming);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
