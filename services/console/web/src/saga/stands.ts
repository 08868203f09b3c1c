const texts: Record<string, string> = {
  timer: 'Its timer is armed.',
  retry: 'It is tried again.',
  parked: 'The message is parked behind what is unfinished there.',
  calling: 'It waits for the end of an outside call.',
  dead: 'The message is dead there: it needs an operator.',
  'not-taken': 'The message is published and has not been taken.',
  'not-published': 'The message has committed and is not published yet.',
  'may-ignore': 'The message has not been taken; the reader’s filter may ignore it.',
  unfinished: 'It was just being taken: look again.',
  silent: 'The reader does not say whether it has taken the message.',
}

/** Where a message stands with its reader, in words; a word that is not known here is shown as it is. */
export const standsText = (stands: string) => texts[stands] ?? `It stands: ${stands}.`
