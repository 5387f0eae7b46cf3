import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Accident, LETTERS, type Letter, otherOf } from "../../src/domain/accident.ts";
import { buildClaim, type ClaimSources } from "../../src/domain/claim.ts";
import { bodyToSend } from "../../src/domain/claim-reduction.ts";
import { claimSources } from "../support/claim-example.ts";
import { storedPhotos } from "../support/stored-photos.ts";

/** Each driver has taken pictures and drives a company's car, and a position came from each phone. */
function changed(accident: Accident, withdrawn: readonly Letter[]): Accident {
  const photos = storedPhotos(accident).map((photo, index) => {
    const by: Letter = index % 2 === 0 ? "A" : "B";
    return { ...photo, by, dupOf: index === 1 ? "p0" : null };
  });
  const { A } = accident.scene.positions;
  const positions = { A, B: A && { ...A, lat: 31.5 } };
  const party = (letter: Letter) => {
    const own = accident.parties[letter];
    assert.ok(own?.details && own.statement && own.signature);
    const { details, statement, signature } = own;
    const taken = withdrawn.includes(letter) ? { forwardingWithdrawnAt: signature.signedAt } : {};
    return {
      ...own,
      details: { ...details, owner: "organisation" as const, use: "private" as const },
      statement: { ...statement, note: `note of ${letter}` },
      signature: { ...signature, ...taken },
    };
  };
  return { ...accident, photos, scene: { ...accident.scene, positions }, parties: { A: party("A"), B: party("B") } };
}

const sourcesOf = (...withdrawn: Letter[]): ClaimSources => claimSources({}, (one) => changed(one, withdrawn));
const written = (letter: Letter) => JSON.stringify(buildClaim(sourcesOf(), letter));

describe("a claim that was written before a driver withdrew the consent to forward", () => {
  for (const withdrawer of LETTERS) {
    it(`goes to the other's insurer as if driver ${withdrawer} had refused`, () => {
      const claimant = otherOf(withdrawer);
      const sources = sourcesOf(withdrawer);
      const body = bodyToSend(sources.accident, written(claimant));
      assert.deepEqual(JSON.parse(body), JSON.parse(JSON.stringify(buildClaim(sources, claimant))));
      assert.notEqual(body, written(claimant));
      assert.ok(!body.includes(`note of ${withdrawer}`) && body.includes(`note of ${claimant}`));
    });
  }

  it("keeps every byte where nobody has", () => {
    const body = written("A");
    assert.equal(bodyToSend(sourcesOf().accident, body), body);
  });

  it("is the same at every attempt", () => {
    const { accident } = sourcesOf("B");
    assert.equal(bodyToSend(accident, written("A")), bodyToSend(accident, written("A")));
  });
});
