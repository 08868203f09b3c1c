/** The payment participant as a process of its own: `node payment-process.fixture.ts`, settings from the environment. */
import { startService } from '../runtime/service.ts'
import { httpGateway, payment } from './payment.fixture.ts'

const service = await startService(payment(httpGateway(process.env.GATEWAY_URL!)), { environment: process.env })
process.stdout.write(`PORT=${service.port}\n`)
