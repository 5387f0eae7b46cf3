import type Koa from "koa";
import type { Language } from "../domain/accident.ts";
import { askedLanguage } from "./language-cookie.ts";
import { findPerson } from "./session.ts";

/** Returns the reader's language: the person's own, else as the phone asks. */
export const languageOf = (koa: Koa.Context): Language => findPerson(koa)?.language ?? askedLanguage(koa);
