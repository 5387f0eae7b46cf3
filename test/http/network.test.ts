import assert from "node:assert/strict";
import { test } from "node:test";
import { networkOf } from "../../src/http/network.ts";

test("callers are counted by IPv4 address, and by /64 where they come by IPv6", () => {
  for (const [ip, network] of [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"],
    ["2001:db8::5", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["", ""],
  ] as const)
    assert.equal(networkOf(ip), network, ip);
});
