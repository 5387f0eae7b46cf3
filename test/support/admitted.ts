import type { Language, Person } from "../../src/domain/accident.ts";
import type { People } from "../../src/store/people.ts";

/** A person who has agreed to the privacy notice. */
export async function admitted(
  people: Pick<People, "see" | "admit">,
  openid: string,
  language: Language = "zh",
): Promise<Person> {
  await people.admit({ ...(await people.see(openid)), language });
  return people.see(openid);
}
