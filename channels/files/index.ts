export { type FilesSourceConfig, filesSource } from './files.ts';
