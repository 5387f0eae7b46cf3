import { testCrashes } from "./crash.ts";

testCrashes({ rounds: 1, pairs: 3, kills: 2 });
