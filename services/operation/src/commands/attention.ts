// longer than a launch or a control change takes, so that the sweep meets only what was left behind
const ATTENTION_AFTER_MS = 2_000

/** When the sweep has to look, unless what was begun has been ended by then. */
export const attentionFrom = (at: Date): Date => new Date(at.getTime() + ATTENTION_AFTER_MS)
