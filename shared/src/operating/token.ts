import type { Reach } from './reach.ts'

/**
 * Why a declared address is not given the token, and what would give it; undefined when it is. Whoever can write to the
 * topic of declarations can name an address: https proves only that its name is its own, http not even that, and on the
 * operator's own machine any program may listen.
 */
export function withheldFrom(
  declaredUrl: string,
  { tokenToDeclared, settingNames }: Pick<Reach, 'tokenToDeclared' | 'settingNames'>,
): string | undefined {
  const { hostname } = new URL(declaredUrl)
  if (isThisMachine(hostname))
    return `ADMIN_TOKEN is not sent to this machine because a declaration says so: name the address by ${settingNames.admin}`
  if (tokenToDeclared) return undefined
  return `ADMIN_TOKEN is not sent anywhere because a declaration says so: name the address by ${settingNames.admin}, or give ${settingNames.tokenToDeclared}`
}

/** As URL writes host names: in lower case, IPv4 in four numbers, IPv6 at its shortest. The unspecified address leads here too. */
const isThisMachine = (hostname: string) =>
  /^((.+\.)?localhost\.?|127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]|\[::ffff:0:0\])$/.test(
    hostname,
  )
