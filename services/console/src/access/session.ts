import type { Right } from '../http/route.ts'

/** Who asks, and what he may. */
export interface Session {
  readonly id: string
  /** As it is kept with every act: visible ASCII, since it travels in a header. */
  readonly operator: string
  /** `local`: nobody has to sign in. */
  readonly kind: 'token' | 'oidc' | 'local'
  readonly rights: readonly Exclude<Right, 'none'>[]
  /** Null when it does not. */
  readonly expiresAt: Date | null
}

export const local: Session = {
  id: 'local',
  operator: 'local',
  kind: 'local',
  rights: ['read', 'act'],
  expiresAt: null,
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard, of every request below /api. */
    session: Session | null
  }
}
