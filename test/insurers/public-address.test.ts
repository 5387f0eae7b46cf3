import assert from "node:assert/strict";
import type dns from "node:dns";
import { describe, it } from "node:test";
import { AddressRefused, checkUrl, isPublicAddress, vettedLookup } from "../../src/insurers/public-address.ts";

/** Ways to write a place that is not an insurer's; a URL parser turns the odd spellings into plain ones. */
const FORBIDDEN_HOSTS = [
  ...[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "127.0.0.1.",
  ],
  ...["①②⑦.⓪.⓪.①", "127。0。0。1", "%31%32%37.0.0.1", "0", "0.0.0.0", "255.255.255.255", "224.0.0.1"],
  ...["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200"],
  ...["198.18.0.1", "192.0.2.1", "203.0.113.5", "240.0.0.1", "192.88.99.1", "192.0.0.192"],
  ...[
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:8.8.8.8]",
    "[::127.0.0.1]",
  ],
  ...[
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd12:3456::1]",
  ],
  ...["[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]", "[5f00::1]", "[4000::1]"],
];

type Resolve = typeof dns.lookup;

/** A resolver that answers in turn, as a name does that is being rebound. */
function resolver(...answers: string[][]): Resolve {
  return ((_name: string, _options: object, callback: (error: null, found: object[]) => void) => {
    const addresses = answers.shift() ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  }) as unknown as Resolve;
}

function lookUp(lookup: ReturnType<typeof vettedLookup>, all = true): Promise<unknown> {
  return new Promise((resolve, reject) => {
    lookup("insurer.example", { all }, (error, address) => (error ? reject(error) : resolve(address)));
  });
}

describe("where a claim may be posted", () => {
  for (const host of FORBIDDEN_HOSTS) {
    it(`refuses ${host}`, () =>
      assert.throws(() => checkUrl(new URL(`https://${host}/claims`), false), AddressRefused));
  }

  it("takes public addresses and names over https", () => {
    for (const host of ["8.8.8.8", "[2606:4700::1111]", "claims.example.com"])
      checkUrl(new URL(`https://${host}/claims`), false);
  });

  it("refuses other schemes, other ports and credentials", () => {
    for (const url of [
      "http://a.example/",
      "https://a.example:8443/",
      "https://u:p@a.example/",
      "ftp://a.example/",
      "file:///etc/passwd",
    ]) {
      assert.throws(() => checkUrl(new URL(url), false), AddressRefused, url);
    }
  });

  it("allows loopback and plain http where the config allows it, but never another scheme or credentials", () => {
    checkUrl(new URL("http://127.0.0.1:8080/simulator"), true);
    assert.throws(() => checkUrl(new URL("file:///etc/passwd"), true), AddressRefused);
    assert.throws(() => checkUrl(new URL("http://u@127.0.0.1/"), true), AddressRefused);
  });

  it("is sure of nothing that is not an address", () => {
    for (const text of ["", "localhost", "1.2.3", "::ffff:1.2.3.4.5", "8.8.8.8/8"])
      assert.equal(isPublicAddress(text), false, text);
  });
});

describe("looking a name up for the socket", () => {
  it("hands the vetted addresses on", async () => {
    const found = await lookUp(vettedLookup(false, resolver(["8.8.8.8", "2606:4700::1111"])));
    assert.deepEqual(found, [
      { address: "8.8.8.8", family: 4 },
      { address: "2606:4700::1111", family: 6 },
    ]);
    assert.equal(await lookUp(vettedLookup(false, resolver(["8.8.8.8"])), false), "8.8.8.8");
  });

  it("refuses a name with one private address among public ones, or with none", async () => {
    await assert.rejects(lookUp(vettedLookup(false, resolver(["8.8.8.8", "127.0.0.1"]))), AddressRefused);
    await assert.rejects(lookUp(vettedLookup(false, resolver(["::ffff:10.0.0.1"]))), AddressRefused);
    await assert.rejects(lookUp(vettedLookup(false, resolver([]))), AddressRefused);
  });

  it("looks at each answer anew: a name that is public first and loopback then is refused then", async () => {
    const lookup = vettedLookup(false, resolver(["8.8.8.8"], ["127.0.0.1"]));
    await lookUp(lookup);
    await assert.rejects(lookUp(lookup), AddressRefused);
  });

  it("passes the resolver's own fault on", async () => {
    const failing = ((_n: string, _o: object, callback: (error: Error) => void) =>
      callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }))) as unknown as Resolve;
    await assert.rejects(lookUp(vettedLookup(false, failing)), { code: "ENOTFOUND" });
  });

  it("go into the networks of an insurer on a leased line alone, on any port of https", async () => {
    const networks = ["10.20.0.0/16", "fd12::/32"];
    for (const host of ["10.20.0.5:8443", "10.20.255.1", "[fd12::1]", "claims.insurer.example:8443"])
      checkUrl(new URL(`https://${host}/claims`), networks);
    for (const url of [
      "https://10.21.0.5/",
      "https://8.8.8.8/",
      "https://127.0.0.1/",
      "http://10.20.0.5/",
      "https://u@10.20.0.5/",
    ])
      assert.throws(() => checkUrl(new URL(url), networks), AddressRefused, url);
    const looked = (...addresses: string[]) => lookUp(vettedLookup(networks, resolver(addresses)));
    assert.equal(((await looked("10.20.0.5", "fd12::1")) as object[]).length, 2);
    for (const address of ["8.8.8.8", "10.21.0.5", "::ffff:10.20.0.5", "169.254.169.254"])
      await assert.rejects(looked("10.20.0.5", address), AddressRefused, address);
  });
});
