import type { OperationView } from './types.ts'

/** What is so right now, in Markdown, for whoever looks at the workflow. Counts and slugs, nobody's words. */
export function currentDetails(view: OperationView, link: string): string {
  const { state, rate, applied, skipped, failed, cancelled, left, failures } = view
  const reasons = Object.entries(failures).sort(([, one], [, other]) => other - one)
  return [
    `**${state}**${rate > 0 ? ` · at most ${rate} children a minute` : ''}`,
    '',
    '| applied | skipped | failed | cancelled | left |',
    '|--:|--:|--:|--:|--:|',
    `| ${applied} | ${skipped} | ${failed} | ${cancelled} | ${left} |`,
    ...(reasons.length > 0 ? ['', ...reasons.map(([reason, count]) => `- ${count} failed: \`${reason}\``)] : []),
    ...(link === '' ? [] : ['', `[The operation](${link})`]),
  ].join('\n')
}
