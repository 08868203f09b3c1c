import { isIP } from 'node:net'
import { type Settings, StartError, setting, type ValuesOf } from 'saga-kit'
import { durationBetween, optional } from 'saga-kit/parts'
import { z } from 'zod'

const aToken = /^[\x21-\x7e]{16,200}$/
const token = optional(z.string().regex(aToken, 'is no token of 16 to 200 visible ASCII characters'))
const text = (description: string, env: string, usual = '') =>
  setting({ env, type: z.string(), default: usual, description })

/** Who gets in. With none of them the console listens on 127.0.0.1, and whoever reaches it may read and act as `local`. */
export const accessSettings = {
  readToken: setting({
    env: 'CONSOLE_READ_TOKEN',
    type: token,
    default: '',
    description:
      'token that opens a session which may read, 16 to 200 visible ASCII characters. Without any token or `OIDC_ISSUER` the console listens on 127.0.0.1 only, and whoever reaches it may read and act',
  }),
  actToken: setting({
    env: 'CONSOLE_ACT_TOKEN',
    type: token,
    default: '',
    description: 'token that opens a session which may read and act',
  }),
  readTokens: setting({
    env: 'CONSOLE_READ_TOKENS',
    type: z.string().transform(operatorTokens),
    default: '',
    description:
      'tokens of single operators that open a session which may read, like ann=…,bob=…, each 16 to 200 visible ASCII characters without a comma. The name is the token’s, and nobody takes it by `CONSOLE_READ_TOKEN` or `CONSOLE_ACT_TOKEN`',
  }),
  actTokens: setting({
    env: 'CONSOLE_ACT_TOKENS',
    type: z.string().transform(operatorTokens),
    default: '',
    description: 'the same, for sessions which may read and act',
  }),
  trustedProxies: setting({
    env: 'TRUSTED_PROXIES',
    type: z.string().transform(proxies),
    default: '',
    description:
      'addresses or ranges of the proxies before the console, like 10.0.0.7,192.168.0.0/16: by the `X-Forwarded-For` that they send the limit of wrong tokens counts for each reader alone. Empty: nobody is believed, and all who come through a proxy are one address',
  }),
  url: setting({
    env: 'CONSOLE_URL',
    type: optional(z.string().transform(origin)),
    default: '',
    description:
      'where browsers reach the console, like https://console.example.org, without a path. With https its cookies are sent over https only; an OpenID Connect login leads back here, to `/api/oidc/callback`',
  }),
  oidcIssuer: setting({
    env: 'OIDC_ISSUER',
    type: optional(z.string().transform(issuer)),
    default: '',
    description:
      'issuer of the OpenID Connect provider whose login opens a session, as its discovery document names it; https, or http on this machine',
  }),
  oidcClientId: text('the console’s client id at the provider', 'OIDC_CLIENT_ID'),
  oidcClientSecret: text(
    'the client’s secret; empty for a public client, which PKCE alone protects',
    'OIDC_CLIENT_SECRET',
  ),
  oidcName: text('what the button for the login names; empty: the issuer’s host', 'OIDC_NAME'),
  oidcScope: text('scopes that the login asks for', 'OIDC_SCOPE', 'openid profile email'),
  oidcOperatorClaim: text(
    'claim that names who acts; kept with every act',
    'OIDC_OPERATOR_CLAIM',
    'preferred_username',
  ),
  oidcRead: setting({
    env: 'OIDC_READ',
    type: optional(z.string().transform(claimIs)),
    default: '',
    description: 'claim that gives the right to read, like groups=operators; empty: whoever the provider lets log in',
  }),
  oidcAct: setting({
    env: 'OIDC_ACT',
    type: optional(z.string().transform(claimIs)),
    default: '',
    description:
      'claim that gives the right to act, like groups=saga-operators or realm_access.roles=operator: a text, or a list that has it; empty: nobody acts by a login',
  }),
  sessionKey: setting({
    env: 'SESSION_KEY',
    type: optional(z.string().min(32, 'is shorter than 32 characters')),
    default: '',
    description:
      'what the cookies of sessions are encrypted with, at least 32 random characters, the same for all instances; empty: drawn at each start, which ends all sessions',
  }),
  sessionTimeMs: setting({
    env: 'SESSION_TIME',
    type: durationBetween('1m', '7d'),
    default: '12h',
    description: 'how long a session lasts from its sign-in',
  }),
} satisfies Settings

export type AccessSettings = ValuesOf<typeof accessSettings>

/** A claim by its path, and the value that it is or has. */
export interface ClaimIs {
  readonly path: readonly string[]
  readonly value: string
}

/** @throws StartError `settings-contradict` */
export function checkAccess(s: AccessSettings): void {
  const wrong = (message: string): never => {
    throw new StartError('settings-contradict', message)
  }
  if (s.readToken !== undefined && s.readToken === s.actToken)
    wrong('CONSOLE_READ_TOKEN and CONSOLE_ACT_TOKEN are the same: whoever may read could act')
  checkTokens(s, wrong)
  if (s.oidcIssuer === undefined) {
    const without = [
      ...(s.oidcClientId === '' ? [] : ['OIDC_CLIENT_ID']),
      ...(s.oidcAct ? ['OIDC_ACT'] : []),
      ...(s.oidcRead ? ['OIDC_READ'] : []),
    ]
    if (without.length > 0) wrong(`${without[0]} is set but OIDC_ISSUER is not: nobody could log in`)
    return
  }
  if (s.oidcClientId === '') wrong('OIDC_ISSUER is set but OIDC_CLIENT_ID is not: register the console at the provider')
  if (s.url === undefined) wrong('OIDC_ISSUER is set but CONSOLE_URL is not: the login must lead back to the console')
}

/** Nobody has to sign in. */
export const isOpenToThisMachine = (s: AccessSettings): boolean => !hasTokens(s) && s.oidcIssuer === undefined

export const hasTokens = ({ readToken, actToken, readTokens, actTokens }: AccessSettings): boolean =>
  readToken !== undefined || actToken !== undefined || readTokens.size + actTokens.size > 0

function checkTokens(
  { readToken, actToken, readTokens, actTokens }: AccessSettings,
  wrong: (why: string) => never,
): void {
  const named = [...readTokens.values(), ...actTokens.values()]
  const all = [...named, ...[readToken, actToken].filter(each => each !== undefined)]
  if (new Set(all).size < all.length)
    wrong(
      'CONSOLE_READ_TOKENS and CONSOLE_ACT_TOKENS have a token twice: it would be two operators, or have two rights',
    )
  for (const name of readTokens.keys())
    if (actTokens.has(name)) wrong(`CONSOLE_READ_TOKENS and CONSOLE_ACT_TOKENS both name ${name}: who may act may read`)
}

function origin(value: string, context: z.RefinementCtx): string {
  const url = URL.parse(value)
  const isOrigin = url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`
  if (isOrigin) return url.origin
  context.addIssue('is no address of a site; write it like https://console.example.org, without a path')
  return z.NEVER
}

function operatorTokens(value: string, context: z.RefinementCtx): ReadonlyMap<string, string> {
  const tokens = new Map<string, string>()
  const entries = value === '' ? [] : value.split(',')
  for (const entry of entries) {
    const [, name, token] = /^([\w.@-]{1,100})=(.+)$/.exec(entry.trim()) ?? []
    if (name !== undefined && token !== undefined && aToken.test(token)) tokens.set(name, token)
  }
  if (tokens.size < entries.length)
    context.addIssue(
      'is no list of operators with a token each; write it like ann=…,bob=…, each once, with 16 to 200 visible ASCII characters',
    )
  return tokens
}

function proxies(value: string, context: z.RefinementCtx): readonly string[] {
  const all = value === '' ? [] : value.split(',').map(each => each.trim())
  if (!all.every(isAddressOrRange))
    context.addIssue('names no addresses of proxies; write it like 10.0.0.7,192.168.0.0/16')
  return all
}

function isAddressOrRange(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  // A range of all addresses would let everybody say who he is.
  return version !== 0 && (bits === undefined || (Number(bits) > 0 && Number(bits) <= (version === 4 ? 32 : 128)))
}

function issuer(value: string, context: z.RefinementCtx): URL {
  const url = URL.parse(value)
  const isHere = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url?.hostname ?? '')
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere))) return url
  context.addIssue('is no issuer; write it like https://login.example.org/realms/shop: who logs in must be proven')
  return z.NEVER
}

function claimIs(value: string, context: z.RefinementCtx): ClaimIs {
  const [, path, wanted] = /^([^=]+)=(.+)$/.exec(value) ?? []
  if (path !== undefined && wanted !== undefined) return { path: path.split('.'), value: wanted }
  context.addIssue('names no claim and value; write it like groups=saga-operators')
  return z.NEVER
}
