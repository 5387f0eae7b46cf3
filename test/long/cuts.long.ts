import { testCuts } from "../journeys/cuts.ts";
import { amount } from "./amount.ts";

testCuts(amount(100));
