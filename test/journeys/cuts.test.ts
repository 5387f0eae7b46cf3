import { testCuts } from "./cuts.ts";

testCuts(12);
