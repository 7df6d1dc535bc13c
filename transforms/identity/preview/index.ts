export { type Asking, pastQuestions } from './past-questions.ts';
export {
  type PastQuestion,
  type PreviewChange,
  type PreviewSummary,
  preview,
  type Turn,
} from './preview.ts';
export { type PreviewOrder, type PreviewReport, previewData } from './preview-data.ts';
