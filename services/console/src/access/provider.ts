import * as oidc from 'openid-client'
import type { Claims } from './claims.ts'
import type { AccessSettings } from './settings.ts'

/** What is kept of a login between its two halves, in a sealed cookie. */
export interface Flow {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** The OpenID Connect provider: authorization code with PKCE, state and nonce. Both throw when it is away, or says no. */
export interface Provider {
  readonly name: string
  /** Where the browser is to be sent. */
  begin(): Promise<{ readonly to: URL; readonly flow: Flow }>
  /** @param search of the request by which the provider has sent the browser back. @returns the claims of who logged in */
  finish(search: string, flow: Flow): Promise<Claims>
}

export const callbackPath = '/api/oidc/callback'
const timeoutSeconds = 10

export function createProvider(s: AccessSettings, issuer: URL): Provider {
  const callback = (search: string) => new URL(callbackPath + search, s.url)
  let found: Promise<oidc.Configuration> | undefined
  // At the first login, not at the start: the console must not wait for a provider that is away.
  const configuration = () => {
    found ??= discover(s, issuer).catch(error => {
      found = undefined
      throw error
    })
    return found
  }
  return {
    name: s.oidcName || issuer.host,
    async begin() {
      const flow = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        codeVerifier: oidc.randomPKCECodeVerifier(),
      }
      const to = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: callback('').href,
        scope: s.oidcScope,
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(flow.codeVerifier),
        code_challenge_method: 'S256',
      })
      return { to, flow }
    },
    async finish(search, { state, nonce, codeVerifier }) {
      const config = await configuration()
      const tokens = await oidc.authorizationCodeGrant(config, callback(search), {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier },
        idTokenExpected: true,
      })
      const claims = tokens.claims()!
      // Many providers tell of groups there only.
      const more = config.serverMetadata().userinfo_endpoint
        ? await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
        : {}
      return { ...more, ...claims }
    },
  }
}

async function discover(s: AccessSettings, issuer: URL): Promise<oidc.Configuration> {
  const { oidcClientId, oidcClientSecret } = s
  const isHttp = issuer.protocol === 'http:'
  return oidc.discovery(
    issuer,
    oidcClientId,
    undefined,
    oidcClientSecret === '' ? oidc.None() : oidc.ClientSecretBasic(oidcClientSecret),
    {
      timeout: timeoutSeconds,
      // Without the second the ID token's signature would not be looked at, since TLS has proven where it is from.
      execute: [...(isHttp ? [oidc.allowInsecureRequests] : []), oidc.enableNonRepudiationChecks],
    },
  )
}
