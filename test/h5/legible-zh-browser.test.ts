import { looksAtEveryPage } from "./legible.ts";

looksAtEveryPage("zh");
