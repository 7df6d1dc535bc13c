export { type FilesConfig, filesRoute } from './files.ts';
