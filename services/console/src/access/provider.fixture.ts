import { createServer, type Server } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import type { Browser } from './browser.fixture.ts'

export interface Account {
  readonly [claim: string]: unknown
}

/**
 * A real OpenID provider on this machine. Whoever logs in is who he says, with the claims of `accounts`.
 * `tamper` changes an ID token on its way, as a hostile network or provider would.
 */
export async function startProvider(accounts: Readonly<Record<string, Account>>, redirectUri: string) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'ours' }
  const provider: {
    handle?: ReturnType<Provider['callback']>
    tamper?: ((idToken: string) => Promise<string>) | undefined
  } = {}
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/token') && provider.tamper) {
      const end = response.end.bind(response)
      const { tamper } = provider
      response.end = ((body: string) => {
        const answer = JSON.parse(String(body))
        void tamper(answer.id_token).then(idToken => {
          const changed = JSON.stringify({ ...answer, id_token: idToken })
          response.setHeader('content-length', Buffer.byteLength(changed))
          end(changed)
        })
        return response
      }) as typeof response.end
    }
    provider.handle!(request, response)
  })
  const issuer = await listening(server)
  provider.handle = new Provider(issuer, {
    jwks: { keys: [key] },
    clients: [{ client_id: 'console', client_secret: 'a secret', redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    cookies: { keys: ['for tests'] },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
  }).callback()
  return {
    ...{ issuer, privateKey },
    tamper(how: typeof provider.tamper) {
      provider.tamper = how
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const listening = (server: Server) =>
  new Promise<string>(resolve =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' && address?.port}`)
    }),
  )

/** Fills in the provider's forms until it sends the browser elsewhere. @returns where */
export async function logIn(browser: Browser, from: string, login: string): Promise<URL> {
  let at = new URL(from)
  for (let steps = 0; steps < 12; steps++) {
    const page = await browser.go(at.href)
    const response = page.status === 200 ? await submit(browser, at, await page.text(), login) : page
    const to = new URL(response.headers.get('location')!, at)
    if (to.host !== at.host) return to
    at = to
  }
  throw new Error(`the provider asks on and on at ${at.href}`)
}

function submit(browser: Browser, at: URL, html: string, login: string): Promise<Response> {
  const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1]
  const action = /action="([^"]+)"/.exec(html)?.[1]
  if (!prompt || !action) throw new Error(`no form of the provider's: ${html.replace(/<[^>]+>/g, ' ')}`)
  return browser.go(new URL(action, at).href, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ prompt, login, password: 'any' }).toString(),
  })
}
