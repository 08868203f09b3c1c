/** Before PostgreSQL starts. */
import { makePassword } from './access.ts'

makePassword()
