import { type Accident, LETTERS, type Letter } from "./accident.ts";
import { beijingTime, type ClaimEvidence, type ClaimPhoto } from "./claim-message.ts";
import { allowsForwarding } from "./forwarding.ts";
import { isMandatory, isStored, type StoredPhoto } from "./photo.ts";
import { plateDoubts } from "./photo-plates.ts";

/** Claims carry at most so many photographs, the mandatory ones first: with it the body stays under 20 KB. */
const MAX_PHOTOS = 20;

export interface EvidenceSources {
  accident: Accident;
  /** makes a link that is good for seven days after the claim was delivered */
  linkOf(sha256: string): string;
}

export function lastSignedAt(accident: Accident): Date {
  const times = LETTERS.map((letter) => accident.parties[letter]?.signature?.signedAt.getTime() ?? 0);
  return new Date(Math.max(...times));
}

/**
 * What the insurer may look at: of a driver who refused forwarding neither a photograph nor the signature nor
 * the paper.
 */
export function evidenceOf({ accident, linkOf }: EvidenceSources): ClaimEvidence {
  const letters = LETTERS.filter((letter) => allowsForwarding(accident, letter));
  const photos = photosOf(accident, letters);
  const everybodyAgreed = letters.length === LETTERS.length;
  const signatures = letters.flatMap((party) => {
    const signature = accident.parties[party]?.signature;
    if (!signature) return [];
    const { signedAt, imageSha256 } = signature;
    return [{ party, method: "draw" as const, at: beijingTime(signedAt), imageSha256 }];
  });
  return {
    photos: photos.map((photo) => photoOf(photo, { accident, linkOf, sent: photos })),
    agreement: accident.dispute?.determinations.length
      ? null
      : {
          // the agreement names both drivers: without the other's consent the insured hands it in
          pdfUrl: everybodyAgreed && accident.documents ? linkOf(accident.documents.pdfSha256) : null,
          sha256: accident.documents?.pdfSha256 ?? null,
          signedAt: beijingTime(lastSignedAt(accident)),
          signatures,
        },
    auditHead: accident.events.at(-1)?.hash ?? "",
  };
}

/** The photographs that these drivers took, the mandatory ones first. */
function photosOf(accident: Accident, letters: readonly Letter[]): StoredPhoto[] {
  const stored = accident.photos.filter(isStored).filter(({ by }) => letters.includes(by));
  const extras = stored.filter(({ slot }) => !isMandatory(slot));
  return [...stored.filter(({ slot }) => isMandatory(slot)), ...extras].slice(0, MAX_PHOTOS);
}

const snake = (code: string): string => code.replaceAll("-", "_");

/**
 * What was found in a picture stands beside it: the insurer judges it. Of EXIF only the time; the place stays
 * here.
 */
function photoOf(
  photo: StoredPhoto,
  { accident, linkOf, sent }: EvidenceSources & { sent: readonly StoredPhoto[] },
): ClaimPhoto {
  const { id, slot, by, receivedAt, taken, sha256, bytes, mime, width, height, shrunkFrom } = photo;
  const dupOf = shownTwin(photo, accident, sent);
  return {
    id,
    kind: snake(slot),
    party: by,
    receivedAt: beijingTime(receivedAt),
    ...(taken?.at && { takenAt: beijingTime(taken.at) }),
    sha256,
    bytes,
    mime,
    width,
    height,
    ...(shrunkFrom && { shrunkFrom }),
    qualityFlags: flagsOf(photo, accident),
    ...(dupOf && { dupOf }),
    url: linkOf(sha256),
  };
}

function flagsOf({ id, findings }: StoredPhoto, accident: Accident): string[] {
  const isDoubted = plateDoubts(accident).some(({ photoId }) => photoId === id);
  return [...findings.map(({ code }) => snake(code)), ...(isDoubted ? ["plate_differs"] : [])];
}

/** The picture that this one looks like, unless it is one of this accident that is not sent. */
function shownTwin({ dupOf }: StoredPhoto, { photos }: Accident, sent: readonly StoredPhoto[]): string | null {
  const isOfThisCase = photos.some(({ id }) => id === dupOf);
  return isOfThisCase && !sent.some(({ id }) => id === dupOf) ? null : (dupOf ?? null);
}
