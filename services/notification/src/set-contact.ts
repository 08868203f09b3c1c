import { type Answered, accept, command, type Views } from 'saga-kit'
import type { Contact, States } from './states.ts'

export const SetContact = command<Contact, { customerId: string }>()('SetContact', { saga: 'none' })

/** The last one wins. The answer does not repeat the address: answers are logged and stored by others. */
export function setContact(
  { customerId, email }: Contact,
  { contacts }: Views<States, 'contacts'>,
): Answered<never, { customerId: string }> {
  contacts.put({ customerId, email })
  return accept({ customerId })
}
