/** The workflows, by name. */
export { runOperation } from './operation/workflow.ts'
