import type { Cursor } from './types.ts'

/** What is so right now, in Markdown, for whoever looks at the workflow. */
export const currentDetails = (state: string, { applied, skipped, failed, cancelled, left }: Cursor): string =>
  [
    `**${state}**`,
    '',
    '| applied | skipped | failed | cancelled | left |',
    '|--:|--:|--:|--:|--:|',
    `| ${applied} | ${skipped} | ${failed} | ${cancelled} | ${left} |`,
  ].join('\n')
