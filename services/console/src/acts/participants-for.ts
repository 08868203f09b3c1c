import { type Declarations, type Participants, participantsOf, type Reach } from 'saga-kit/operating'

/** The participants as they declare themselves now, asked in an operator's name. @throws OperatingError for a service that nobody declares */
export type ParticipantsFor = (operator: string, services?: readonly string[]) => Participants

export const participantsFor =
  (declared: { readonly now: Declarations }, reach: Reach): ParticipantsFor =>
  (operator, services) =>
    participantsOf(declared.now, { ...reach, operator }, services)
