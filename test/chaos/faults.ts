import type { Fault } from './fault.ts'
import { outsideFaults } from './faults-outside.ts'
import { failpointFaults, processFaults } from './faults-processes.ts'
import { serverFaults } from './faults-servers.ts'

/** Everything that is done to the product, each once. */
export const allFaults: readonly Fault[] = [...failpointFaults, ...processFaults, ...serverFaults, ...outsideFaults]

const named = (name: string, during: string): Fault => {
  const found = allFaults.find((fault) => fault.name === name && fault.during === during)
  if (found === undefined) throw new Error(`no fault ${name} during ${during}`)
  return found
}

/** A page that is sent again, because its answer was lost: what the stored outcomes are for. */
export const controlFault: Fault = named('kill ticket-background at ticket.page.commit.after@3', 'broadcast')

/** One of each kind that takes no minute. */
export const shortFaults: readonly Fault[] = [
  controlFault,
  named('kill notification-background at notification.send.after-accepted@2', 'broadcast'),
  named('kill operation at operation.control.halted@1', 'cancel'),
  named('events again and in another order', 'broadcast'),
  named('mail server away', 'pause'),
]
