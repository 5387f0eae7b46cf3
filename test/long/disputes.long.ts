import { testDisputes } from "../police/disputes-walked.ts";
import { amount } from "./amount.ts";

testDisputes(amount(200));
