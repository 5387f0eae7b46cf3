import { withdrawForwarding } from "../actions/withdraw-forwarding.ts";
import { forwards } from "../domain/forwarding.ts";
import { insurerName } from "./insurer-name.ts";
import { type PartyPage, pageUrl } from "./page.ts";
import { timeText } from "./times.ts";

/** Withdraws the consent to forward to the insurers, with what that means (PIPL art. 15, 16). */
export const forwardingPage: PartyPage = {
  path: "forwarding",
  template: "h5/forwarding.njk",
  openWith: ["wait-signature", "done"],
  show({ ctx, view, person }) {
    const { signature } = view.me;
    const [claim] = view.claims;
    const at = signature?.forwardingWithdrawnAt;
    return {
      isGiven: forwards(signature),
      withdrawn: at ? timeText(at, ctx.clock.now(), person.language) : null,
      isSent: claim !== undefined && (claim.delivery === "delivered" || claim.status !== "submitted"),
      insurer: view.me.details ? insurerName(ctx.config, view.me.details) : null,
      degree: view.agreement?.parties[view.letter].degree,
      operatorPhone: ctx.config.operatorPhone,
    };
  },
  async submit({ ctx, party }) {
    await withdrawForwarding(ctx, party);
    return pageUrl(party.accidentId, "forwarding");
  },
};
