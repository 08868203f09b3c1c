/** The audit over participants' databases, for whoever may reach these: a team's own tests, a job of its own. */
export { type AuditReport, auditOver } from '../core/audit/audit-over.ts'
export type { AuditSource, Backlog } from '../core/audit/audit-source.ts'
export { type Invariant, invariantsOf } from '../core/audit/invariant-lines.ts'
export { type Violation, violationText } from '../core/audit/violation.ts'
export { auditDatabase } from './audit-database.ts'
export { createPool } from './connect.ts'
