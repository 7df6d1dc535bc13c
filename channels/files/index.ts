export {
  type FilesSourceConfig,
  type FolderConfig,
  filesSource,
  folderSource,
} from './files.ts';
export { type LandingOf, refusedLanding } from './landing.ts';
export { readNdjsonParts } from './parts.ts';
