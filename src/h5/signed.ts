import { takeBackSignature } from "../actions/take-back-signature.ts";
import { LETTERS } from "../domain/accident.ts";
import { forwards } from "../domain/forwarding.ts";
import { agreementRows } from "./agreement-rows.ts";
import type { PartyPage } from "./page.ts";
import { timeText } from "./times.ts";

/** What this driver has signed, to read again while the other has not. */
export const signedPage: PartyPage = {
  path: "signed",
  template: "h5/signed.njk",
  openWith: ["wait-signature"],
  show: ({ ctx, view, person, t }) => {
    const { language } = person;
    const { signature } = view.me;
    return {
      rows: view.agreement && agreementRows(view.agreement, { config: ctx.config, t, language }),
      heads: LETTERS.map((letter) => ({ letter, isMine: letter === view.letter })),
      mine: view.agreement?.parties[view.letter],
      at: signature && timeText(signature.signedAt, ctx.clock.now(), language),
      forwarding: forwards(signature),
    };
  },
};

/** Takes the signature back until the other driver has signed; leads to the page where it is given again. */
export const takeBackPage: PartyPage = {
  path: "take-back",
  openWith: ["wait-signature"],
  submit: ({ ctx, party }) => takeBackSignature(ctx, party),
};
