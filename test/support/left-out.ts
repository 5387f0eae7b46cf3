/** The exit code by which `.ci/run` knows that a check needs what this machine does not have. */
export const LEFT_OUT = 77;
