import { type Command, text } from '../command.ts'
import { exitCodes, UsageError } from '../exit.ts'
import { moment } from '../parse.ts'
import { verifyIncidentLog } from './incident-log-verify.ts'

const DEFAULT_SLUG = 'incidents'

/** `umbel verify incident-log FILE`: what the log says against what REST answers. */
export const verifyCommand: Command = {
  usage: ['verify incident-log FILE [--workspace SLUG] [--until TIME]        exits 1 and names each difference'],
  options: { until: { type: 'string' } },
  run: async ({ words, given, workspace, fileAt, apiOf, output }) => {
    const [what, file, ...more] = words
    if (what !== 'incident-log' || file === undefined || more.length > 0)
      throw new UsageError('umbel verify incident-log FILE')
    const slug = workspace ?? DEFAULT_SLUG
    const until = moment('until', text(given, 'until'))
    const differences = await verifyIncidentLog({ file: fileAt(file), slug, until, api: apiOf(slug), output })
    return differences === 0 ? exitCodes.ok : exitCodes.failed
  },
}
