import { testCrashes } from "../journeys/crash.ts";
import { amount } from "./amount.ts";

/** 300 settlements, ten at once, under 60 kills. */
testCrashes({ rounds: amount(30), pairs: 10, kills: 2 });
