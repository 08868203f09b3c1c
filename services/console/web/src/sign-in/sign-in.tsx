import type { FormEvent } from 'react'
import type { Access } from '../../../src/contract.ts'
import { withQuery } from '../data/ask.ts'
import { useSignIn } from '../data/use-access.ts'
import { why } from '../parts/asked.tsx'
import { Notice } from '../parts/notice.tsx'
import { useTitle } from '../parts/use-title.ts'
import './sign-in.css'

/** The ways in that the server offers. */
export function SignIn({ token, oidc }: Pick<Access, 'token' | 'oidc'>) {
  useTitle('Sign in')
  const refused = new URLSearchParams(window.location.search).get('refused')
  const back = refused === null ? `${window.location.pathname}${window.location.search}` : '/'
  return (
    <main className="sign-in">
      <h1>Saga console</h1>
      {refused !== null && <Notice tone="bad">{refusals[refused] ?? `The login was refused: ${refused}.`}</Notice>}
      {oidc !== null && (
        <a className="button" href={withQuery('/api/oidc/login', { return: back })}>
          Sign in with {oidc}
        </a>
      )}
      {oidc !== null && token && <p className="sign-in-or muted small">or with a token</p>}
      {token && <TokenForm />}
      {!token && oidc === null && (
        <Notice tone="warn">This console has no way in: neither a token nor an OpenID Connect provider is set.</Notice>
      )}
    </main>
  )
}

/** Why a login at the provider came to nothing, as the server names it. */
const refusals: Record<string, string> = {
  'provider-silent': 'The login’s provider does not answer. Try again, or sign in with a token.',
  'login-expired': 'The login took too long, or was begun in another browser. Begin again.',
  'login-failed':
    'The provider’s answer could not be verified. Begin again; if it stays so, tell who runs the console.',
  'no-operator': 'The provider does not say who you are: the claim that names the operator is missing.',
  'no-right': 'You are known, but have no right to this console. Ask whoever gives them at the provider.',
}

function TokenForm() {
  const signIn = useSignIn()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { token, operator } = event.currentTarget.elements as unknown as Record<string, HTMLInputElement>
    signIn.mutate({ token: token!.value, operator: operator!.value })
  }
  return (
    <form className="sign-in-form" onSubmit={submit}>
      <label className="field">
        <span>Your name, which is kept with all that you do</span>
        <input
          name="operator"
          autoComplete="username"
          required
          maxLength={100}
          pattern="[ -~]+"
          title="Visible ASCII characters"
        />
      </label>
      <label className="field">
        <span>Token</span>
        <input name="token" type="password" autoComplete="current-password" required />
      </label>
      {signIn.error && <Notice tone="bad">{why(signIn.error)}</Notice>}
      <button type="submit" className="primary" disabled={signIn.isPending}>
        Sign in
      </button>
    </form>
  )
}
