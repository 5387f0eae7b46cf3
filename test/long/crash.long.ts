import { testCrashes } from "../journeys/crash.ts";
import { amount } from "./amount.ts";

testCrashes(amount(40));
