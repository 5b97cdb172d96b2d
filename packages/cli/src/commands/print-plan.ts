import type { Api } from '../api.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { namesOf } from '../names.ts'
import type { Output } from '../output.ts'
import type { PlanJson } from '../shapes.ts'
import { planText } from './plan-text.ts'

/** Prints a plan with everybody in it by name. */
export async function printPlan(api: Api, plan: PlanJson, output: Output): Promise<ExitCode> {
  const { plannedBy, approvedBy, startedBy } = plan.operation
  const nameOf = await namesOf(api, [plannedBy, approvedBy, startedBy])
  output.result(plan, () => planText(plan, nameOf))
  return exitCodes.ok
}
