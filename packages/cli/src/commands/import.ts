import { workspaceIdOf } from '@umbel/kernel/ids'
import { createKafkaBroker } from '@umbel/messaging'
import { type Command, type Invocation, text } from '../command.ts'
import { type ExitCode, exitCodes, UsageError } from '../exit.ts'
import { publishLog } from '../incident-log/publish.ts'
import { checkLog } from '../incident-log/read-rows.ts'
import { settled } from '../incident-log/settle.ts'
import { type Counts, createTranslator, sourceOf, type Translator } from '../incident-log/to-messages.ts'
import { moment } from '../parse.ts'

const DEFAULT_SLUG = 'incidents'

/** `umbel import incident-log FILE`: real incidents as upstream events, into a workspace of their own. */
export const importCommand: Command = {
  usage: [
    'import incident-log FILE [--workspace SLUG] [--until TIME]        into the workspace `incidents` by default',
  ],
  options: { until: { type: 'string' } },
  run: async (invocation) => {
    const [what, file, ...more] = invocation.words
    if (what !== 'incident-log' || file === undefined || more.length > 0)
      throw new UsageError('umbel import incident-log FILE')
    return importLog(invocation.fileAt(file), invocation)
  },
}

async function importLog(file: string, invocation: Invocation): Promise<ExitCode> {
  const { settings, output, given } = invocation
  if (settings.kafka === undefined) throw new UsageError('the broker is not known: set KAFKA_BROKERS')
  const slug = invocation.workspace ?? DEFAULT_SLUG
  const translator = createTranslator({
    slug,
    workspaceId: workspaceIdOf(slug),
    until: moment('until', text(given, 'until')),
  })
  await checkLog(file)
  await ensureWorkspace(invocation, slug)
  const began = performance.now()
  await using broker = createKafkaBroker({
    brokers: settings.kafka.split(','),
    clientId: 'umbel-cli',
    ...(settings.topicPrefix === undefined ? {} : { topicPrefix: settings.topicPrefix }),
  })
  const publishing = output.progress('rows published')
  const unreadable = await publishLog(file, translator, broker, publishing)
  publishing.end()
  const readable = await waitFor(translator, broker, slug, invocation)
  const seconds = (performance.now() - began) / 1000
  const told = { workspace: slug, ...translator.counts, unreadable, readable, seconds: Number(seconds.toFixed(1)) }
  output.result(told, () => summary(translator.counts, unreadable, readable, seconds))
  return exitCodes.ok
}

async function ensureWorkspace({ operatorApi }: Invocation, slug: string): Promise<void> {
  await operatorApi().send('PUT', `/v1/workspaces/${slug}`, {
    sources: [{ source: sourceOf(slug), notifies: false }],
  })
}

async function waitFor(
  translator: Translator,
  broker: ReturnType<typeof createKafkaBroker>,
  slug: string,
  { apiOf, output }: Invocation,
): Promise<boolean> {
  const progress = output.progress('events taken in')
  const readable = await settled({
    broker,
    api: apiOf(slug),
    source: sourceOf(slug),
    expected: translator.children(),
    progress,
    total: translator.counts.events,
  })
  progress.end()
  return readable
}

function summary(counts: Counts, unreadable: number, readable: boolean, seconds: number): string {
  const perSecond = Math.round(counts.events / Math.max(seconds, 0.001))
  return [
    `${counts.rows} rows of ${counts.tickets} incidents and ${counts.masters} problems: ${counts.events} events in ${seconds.toFixed(1)} s (${perSecond} a second)`,
    ...(counts.unmapped === 0 ? [] : [`${counts.unmapped} rows with the state -100: their status stayed`]),
    ...(counts.unknown === 0 ? [] : [`${counts.unknown} rows with an unknown state: umbel dlq list shows them`]),
    ...(unreadable === 0 ? [] : [`${unreadable} lines were no rows and were left out`]),
    ...(readable ? [] : ['everything was read; some rollups show other children than the log names']),
  ].join('\n')
}
