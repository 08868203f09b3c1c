/** Ends a check: each violation is one line on standard error; any violation is exit code 1. */
export function report(violations: readonly string[], fine: string): void {
  for (const violation of violations) console.error(violation)
  if (violations.length > 0) process.exitCode = 1
  else console.log(fine)
}
