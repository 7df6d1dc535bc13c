export { foldedText } from './refold.ts';
export { saidBefore } from './repeats.ts';
export { writeMessage } from './writer.ts';
