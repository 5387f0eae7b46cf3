/** Officers whom the simulator brings, one for each role at the desk. */
export const DEMO_PEOPLE = [
  { number: "DEMO-1", role: "officer", name: "王芳" },
  { number: "DEMO-2", role: "auxiliary", name: "李强" },
  { number: "DEMO-3", role: "supervisor", name: "陈静" },
  { number: "DEMO-4", role: "auditor", name: "赵磊" },
  { number: "DEMO-5", role: "keeper", name: "孙丽" },
] as const;
