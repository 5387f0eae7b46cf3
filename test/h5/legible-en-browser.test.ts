import { looksAtEveryPage } from "./legible.ts";

looksAtEveryPage("en");
