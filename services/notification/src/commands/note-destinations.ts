import { isTrouble } from '../domain/destination.ts'
import type { Transact } from '../store/unit-of-work.ts'
import type { Landed } from './send-one.ts'

/** Keeps in mind where mail fails; a destination that is well, and was when its page was read, costs nothing. */
export const noteDestinations =
  (transact: Transact) =>
  async (workspaceId: string, landed: readonly Landed[]): Promise<void> => {
    const told = landed.map(({ prepared, said }) => ({ ...prepared, trouble: isTrouble(said) }))
    const failed = told.filter(({ trouble }) => trouble === true).map((one) => one.destination)
    const healed = told.filter(({ trouble, troubled }) => trouble === false && troubled).map((one) => one.destination)
    const untold = told.filter(({ trouble, probe }) => trouble === undefined && probe).map((one) => one.destination)
    if (failed.length + healed.length + untold.length === 0) return
    await transact({ workspaceId }, async ({ destinations }) => {
      if (healed.length > 0) await destinations.answered(healed)
      for (const name of failed.sort()) await destinations.failed(name)
      if (untold.length > 0) await destinations.giveBack(untold)
    })
  }

/** Destinations whose one try has not left may be tried by another mail. */
export const giveBackProbes =
  (transact: Transact) =>
  (workspaceId: string, names: readonly string[]): Promise<void> =>
    transact({ workspaceId }, ({ destinations }) => destinations.giveBack(names))
