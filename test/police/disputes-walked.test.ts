import { testDisputes } from "./disputes-walked.ts";

testDisputes(2);
