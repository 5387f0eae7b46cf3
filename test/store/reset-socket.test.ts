import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";

const helper = new URL("../support/reset-socket.js", import.meta.url);

/** The server ends its side of a connection, then breaks it. */
const script = `
  import { connect, createServer } from "node:net";
  import { resetSocket } from ${JSON.stringify(helper.href)};
  const server = createServer((socket) => {
    socket.on("error", () => {}).end();
    resetSocket(socket);
  });
  server.listen(0, () => {
    const client = connect(server.address().port).on("error", () => {}).on("close", () => server.close());
    client.resume();
  });
`;

describe("a connection that a test breaks while it ends", () => {
  it("does not keep its process from ending", async () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  });
});
