import { withdrawForwarding } from "../actions/withdraw-forwarding.ts";
import { forwards } from "../domain/forwarding.ts";
import { insurerName } from "./insurer-name.ts";
import { type PartyPage, pageUrl } from "./page.ts";
import { timeText } from "./times.ts";

/** Withdraws the consent to forward to the insurers, with what that means (PIPL art. 15, 16). */
export const forwardingPage: PartyPage = {
  path: "forwarding",
  template: "h5/forwarding.njk",
  openWith: ["wait-signature", "letter", "done"],
  show({ ctx, view, person }) {
    const [claim] = view.claims;
    const at = view.forwarding?.forwardingWithdrawnAt;
    return {
      paper: view.step === "letter" ? "letter" : "agreement",
      isGiven: forwards(view.forwarding),
      withdrawn: at ? timeText(at, ctx.clock.now(), person.language) : null,
      isSent: claim !== undefined && (claim.delivery === "delivered" || claim.status !== "submitted"),
      insurer: view.me.details ? insurerName(ctx.config, view.me.details) : null,
      degree: view.claimContent?.parties[view.letter].degree,
      operatorPhone: ctx.config.operatorPhone,
    };
  },
  async submit({ ctx, party }) {
    await withdrawForwarding(ctx, party);
    return pageUrl(party.accidentId, "forwarding");
  },
};
