import { hkdfSync, randomBytes } from 'node:crypto'
import { EncryptJWT, errors, type JWTPayload, jwtDecrypt } from 'jose'

/** What a browser keeps for us, and can neither read nor change: encrypted and authenticated, for one purpose, until it expires. */
export interface Seal {
  close(purpose: string, content: JWTPayload, lifeMs: number): Promise<string>
  /** Undefined when it is not ours, was changed, is for something else, or has expired. */
  open(purpose: string, sealed: string): Promise<JWTPayload | undefined>
}

const algorithms = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }

/**
 * @param secret drawn anew when there is none
 * @param boundTo what a seal shall not outlive: whoever changes a token ends the sessions that it opened
 */
export function createSeal(secret: string | undefined, boundTo: string, now: () => Date = () => new Date()): Seal {
  const key = new Uint8Array(hkdfSync('sha256', secret ?? randomBytes(32), boundTo, 'saga console', 32))
  return {
    close: (purpose, content, lifeMs) =>
      new EncryptJWT(content)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(purpose)
        .setIssuedAt(now())
        .setExpirationTime(new Date(now().getTime() + lifeMs))
        .encrypt(key),
    async open(purpose, sealed) {
      try {
        const expected = { audience: purpose, requiredClaims: ['exp'], currentDate: now() }
        return (await jwtDecrypt(sealed, key, { ...algorithms, ...expected })).payload
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
  }
}
