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
  const back = `${window.location.pathname}${window.location.search}`
  return (
    <main className="sign-in">
      <h1>Saga console</h1>
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
        <input name="operator" autoComplete="username" required maxLength={100} />
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
