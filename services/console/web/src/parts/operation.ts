/** `reserve_stock`, or `undo reserve_stock`: as a participant's log and the command line write it. */
export const operationOf = ({ step, direction }: { step: string | null; direction: string | null }) =>
  step === null ? 'no step' : direction === 'compensation' ? `undo ${step}` : step
