import type { Socket } from "node:net";

/**
 * Breaks a connection by a reset; one that is ending already is destroyed. Node.js 20 never closes the handle
 * of a socket that is reset while it ends, and such a process spins at its exit for ever.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded || socket.readableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
