import type { Fault } from './fault.ts'
import { outsideFaults } from './faults-outside.ts'
import { failpointFaults, processFaults } from './faults-processes.ts'
import { serverFaults } from './faults-servers.ts'
import type { Options } from './options.ts'

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

/** What is to be done to the product. Throws for a part of a name that no fault has. */
export function chosenFaults({ control, short, only }: Pick<Options, 'control' | 'short' | 'only'>): readonly Fault[] {
  if (control !== undefined) return [controlFault]
  const all = short ? shortFaults : allFaults
  const parts = only.split(',')
  const idle = parts.filter((part) => !all.some((fault) => isNamed(fault, part)))
  if (idle.length > 0) throw new Error(`no fault has ${idle.join(' or ')} in its name`)
  return all.filter((fault) => parts.some((part) => isNamed(fault, part)))
}

const isNamed = ({ name, during }: Fault, part: string) => `${name} during ${during}`.includes(part)
