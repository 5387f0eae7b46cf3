import type { Context } from "../context.ts";
import { leads, mayDo, type Right } from "../domain/officer.ts";

/** Counts who is at the desk now and may do this for a case of the district; nobody is named. */
export async function countOnDuty(
  { officers, officerSessions, clock }: Pick<Context, "officers" | "officerSessions" | "clock">,
  { district, right }: { district: string | null; right: Right },
): Promise<number> {
  const present = await officerSessions.listPresent(clock.now());
  if (present.length === 0) return 0;
  const posts = await officers.listPosts(present);
  return posts.filter((post) => leads(post, district) && mayDo(post.role, right)).length;
}
