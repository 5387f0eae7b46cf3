import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allowedFrom } from "../../src/police/networks.ts";

describe("the desk's networks", () => {
  it("let in who comes from one of them, by either notation of an address", () => {
    const isAllowed = allowedFrom(["10.1.0.0/16", "2001:db8::/32"]);
    for (const address of ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1"])
      assert.equal(isAllowed(address), true, address);
    for (const address of ["10.2.0.1", "::ffff:10.2.0.1", "2001:db9::1", "::1", "", "x"])
      assert.equal(isAllowed(address), false, address);
  });

  it("let everybody in where none is named", () => {
    assert.equal(allowedFrom([])("203.0.113.9"), true);
  });
});
