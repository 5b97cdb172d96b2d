import { createMemoryBroker } from '../src/memory/memory-broker.ts'
import { brokerContract } from './broker.contract.ts'
import { sharedBy } from './shared.ts'

const memory = createMemoryBroker()

brokerContract('memory', () => sharedBy(memory))
