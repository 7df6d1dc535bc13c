export { createAnswersCheck } from './answers.ts';
export type { FindQuestionnaire, Questionnaire } from './form.ts';
