import type { Letter } from "../domain/accident.ts";
import type { AgreementContent } from "../domain/agreement.ts";
import type { Catalogue } from "../domain/liability.ts";
import type { PhotoSlot } from "../domain/photo.ts";
import type { Bilingual } from "./bilingual.ts";

/** A concluded agreement with all that is printed on it. */
export interface AgreementInput {
  content: AgreementContent;
  catalogue: Catalogue;
  /** null: not named */
  insurerNames: Record<Letter, Bilingual | null>;
  /** PNG as made by `Photos.signatureImage` */
  signatures: Record<Letter, AgreementSignature>;
  /** the exceptions that both drivers declared not to be there */
  cleared: Bilingual;
  concludedAt: Date;
  /** keyed digest (HMAC-SHA-256) of the content, as both signed it */
  digest: string;
  photos: AgreementPhoto[];
  /** drawn as a QR code in the head */
  verifyUrl?: string;
}

export interface AgreementSignature {
  png: Buffer;
  signedAt: Date;
  /** agreed, by a tick of its own, to sign electronically */
  electronic: boolean;
  forwarding: boolean;
}

export interface AgreementPhoto {
  slot: PhotoSlot;
  by: Letter;
  /** JPEG */
  thumb: Buffer;
  /** of the original as received */
  sha256: string;
}
