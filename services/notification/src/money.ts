import { PermanentError } from 'saga-kit'

/** 123456 EUR -> `EUR 1,234.56`, 5000 JPY -> `JPY 5,000`: ISO 4217 says how many digits are minor, and Intl knows it. */
export function formatMinor(amountMinor: number, currency: string): string {
  const { format, digits } = formatOf(currency)
  const text = String(amountMinor).padStart(digits + 1, '0')
  const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  // As text: a division would round large amounts. Intl puts a no-break space behind the code.
  return format.format(decimal as Intl.StringNumericLiteral).replaceAll('\u00a0', ' ')
}

const formats = new Map<string, { readonly format: Intl.NumberFormat; readonly digits: number }>()

/** To make one takes 20 times as long as all else that a mail needs. */
function formatOf(currency: string) {
  const known = formats.get(currency)
  if (known) return known
  // Intl throws a RangeError, which would be tried again; no try can help.
  if (!/^[A-Z]{3}$/.test(currency))
    throw new PermanentError('unknown-currency', `${JSON.stringify(currency.slice(0, 20))} is no ISO 4217 code`)
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' })
  const made = { format, digits: format.resolvedOptions().maximumFractionDigits ?? 2 }
  formats.set(currency, made)
  return made
}
