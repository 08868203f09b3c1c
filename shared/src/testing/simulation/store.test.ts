import { ledger } from '../participant.fixture.ts'
import { simulatedStore } from './simulated-instance.fixture.ts'
import { storeContract } from './store-contract.fixture.ts'

storeContract(() => simulatedStore(ledger))
