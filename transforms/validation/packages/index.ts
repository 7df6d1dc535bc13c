export { compareVersions, findByCanonical, indexByCanonical } from './canonical.ts';
export { createDefinitions, type Definitions } from './definitions.ts';
export { definitionsFor } from './definitions-for.ts';
export { keepPackage, keptPackage, keptPackages, packageId } from './imported.ts';
export { type OwnProfiles, profileFiles, readOwnProfiles } from './own-profiles.ts';
export { profileIssues } from './profile-issues.ts';
export { type FhirPackage, readPackage } from './read-package.ts';
